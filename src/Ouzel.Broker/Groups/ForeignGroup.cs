using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Groups;

/// <summary>The kinds of groups that are not classic. The names go over the wire in lower case.</summary>
internal enum ForeignGroupType
{
    Consumer,
    Share,
    Streams,
}

/// <summary>
/// A consumer (KIP-848), share (KIP-932) or streams (KIP-1071) group found in the log. This node does not run their protocols yet: it remembers that the id is taken,
/// whether there are members and which records are alive, and leaves the records alone.
/// </summary>
internal sealed class ForeignGroup(string id, ForeignGroupType type)
{
    /// <summary>Record types of each kind: the lowest number is not always the group's own record.</summary>
    private const short ConsumerGroup = 3;
    private const short ConsumerPartitions = 4;
    private const short ConsumerMember = 5;
    private const short ConsumerTarget = 6;
    private const short ConsumerCurrent = 8;
    private const short ShareMember = 10;
    private const short ShareGroup = 11;
    private const short StreamsGroup = 17;
    private const short StreamsMember = 19;

    // Keys of the records that are alive, by type.
    private readonly SortedDictionary<short, Dictionary<string, byte[]>> _live = [];
    private readonly Dictionary<string, (int Epoch, bool Stable)> _current = [];
    private int _epoch;
    private int _targetEpoch;

    public string Id { get; } = id;

    public ForeignGroupType Type { get; } = type;

    /// <summary>True when the group's own record is alive.</summary>
    public bool Exists => _live.ContainsKey(Type switch
    {
        ForeignGroupType.Consumer => ConsumerGroup,
        ForeignGroupType.Share => ShareGroup,
        _ => StreamsGroup,
    });

    /// <summary>No record is alive: the id is free again.</summary>
    public bool IsGone => _live.Count == 0;

    public bool HasMembers => _live.ContainsKey(Type switch
    {
        ForeignGroupType.Consumer => ConsumerMember,
        ForeignGroupType.Share => ShareMember,
        _ => StreamsMember,
    });

    /// <summary>"consumer", "share", "streams": the type and the protocol type of ListGroups.</summary>
    public string TypeName => Type.ToString().ToLowerInvariant();

    /// <summary>The state, as far as its records tell.</summary>
    public string State
    {
        get
        {
            if (!HasMembers)
            {
                return "Empty";
            }

            if (Type != ForeignGroupType.Consumer)
            {
                return "Stable";
            }

            return _epoch > _targetEpoch ? "Assigning" : _current.Values.All(c => c.Stable && c.Epoch == _targetEpoch) ? "Stable" : "Reconciling";
        }
    }

    /// <summary>A consumer group's member epoch; null when there is no such member or the kind has none that is known here.</summary>
    public int? MemberEpoch(string memberId) => _current.TryGetValue(memberId, out var current) ? current.Epoch : null;

    /// <summary>The kind of group that a record type belongs to; null for none of them.</summary>
    public static ForeignGroupType? TypeOf(short recordType) => recordType switch
    {
        >= 3 and <= 8 or 16 => ForeignGroupType.Consumer,
        >= 10 and <= 15 => ForeignGroupType.Share,
        >= 17 and <= 23 => ForeignGroupType.Streams,
        _ => null,
    };

    /// <summary>Tombstones for all that is alive, members before the group; Kafka's order for an emptied consumer group.</summary>
    public IEnumerable<byte[]> Keys()
    {
        foreach (var (type, keys) in _live.Reverse())
        {
            if (type == ConsumerGroup && !_live.ContainsKey(ConsumerPartitions))
            {
                // Kafka writes this one whether the record was there or not; so that a compacted log cannot keep one of an older version.
                byte[] partitions = [.. keys.Values.First()];
                partitions[1] = (byte)ConsumerPartitions;
                yield return partitions;
            }

            foreach (var key in keys.Values)
            {
                yield return key;
            }
        }
    }

    /// <summary>Folds one record of this group.</summary>
    public void Apply(short recordType, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        var name = Convert.ToHexString(key.Span);
        if (value is null)
        {
            if (_live.TryGetValue(recordType, out var keys) && keys.Remove(name) && keys.Count == 0)
            {
                _live.Remove(recordType);
            }
        }
        else
        {
            if (!_live.TryGetValue(recordType, out var keys))
            {
                _live[recordType] = keys = [];
            }

            keys[name] = key.ToArray();
        }

        switch (recordType)
        {
            case ConsumerGroup:
                _epoch = value is { } group ? GroupRecords.Decode<ConsumerGroupMetadataValue>(group).Epoch : 0;
                break;
            case ConsumerTarget:
                _targetEpoch = value is { } target ? GroupRecords.Decode<ConsumerGroupTargetAssignmentMetadataValue>(target).AssignmentEpoch : 0;
                break;
            case ConsumerCurrent:
                ApplyCurrent(key, value);
                break;
            default:
                break;
        }
    }

    private void ApplyCurrent(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        var reader = new WireReader(key[sizeof(short)..]);
        var read = new ConsumerGroupCurrentMemberAssignmentKey();
        read.Read(ref reader, 0);
        if (value is { } bytes)
        {
            var current = GroupRecords.Decode<ConsumerGroupCurrentMemberAssignmentValue>(bytes);
            _current[read.MemberId] = (current.MemberEpoch, current.State == 0);
        }
        else
        {
            _current.Remove(read.MemberId);
        }
    }
}

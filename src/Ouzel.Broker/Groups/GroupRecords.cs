using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Groups;

/// <summary>The records of __consumer_offsets that belong to classic groups and offsets: two bytes of type or version, then the message.</summary>
internal static class GroupRecords
{
    /// <summary>Offsets of the first broker versions: same key, values of the same versions.</summary>
    public const short LegacyOffsetType = 0;
    public const short OffsetType = 1;
    public const short ClassicGroupType = 2;

    /// <summary>The version that Kafka 4.4 writes; 1 when the offset has an expiry of its own, which only that version can say.</summary>
    private const short OffsetValueVersion = 4;
    private const short OffsetValueVersionWithExpiry = 1;
    private const short GroupValueVersion = 3;

    public static CoordinatorRecord Offset(string group, TopicPartition partition, CommittedOffset offset)
    {
        var value = new OffsetCommitValue
        {
            offset = offset.Offset,
            leaderEpoch = offset.LeaderEpoch,
            metadata = offset.Metadata,
            commitTimestamp = offset.CommitMs,
            expireTimestamp = offset.ExpireMs ?? -1,
            topicId = offset.TopicId,
        };
        var version = offset.ExpireMs is null ? OffsetValueVersion : OffsetValueVersionWithExpiry;
        return new CoordinatorRecord(OffsetKey(group, partition), Encode(version, value, version));
    }

    public static CoordinatorRecord OffsetTombstone(string group, TopicPartition partition) => new(OffsetKey(group, partition), null);

    public static CoordinatorRecord Group(string group, GroupMetadataValue value) => new(GroupKey(group), Encode(GroupValueVersion, value, GroupValueVersion));

    public static CoordinatorRecord GroupTombstone(string group) => new(GroupKey(group), null);

    public static OffsetCommitKey ReadOffsetKey(ref WireReader key)
    {
        var read = new OffsetCommitKey();
        read.Read(ref key, 0);
        return read;
    }

    public static CommittedOffset ReadOffset(ReadOnlyMemory<byte> value, long recordOffset)
    {
        var read = Decode<OffsetCommitValue>(value);
        return new CommittedOffset(
            read.offset, read.leaderEpoch, read.metadata, read.commitTimestamp,
            read.expireTimestamp == -1 ? null : read.expireTimestamp, read.topicId, recordOffset);
    }

    public static GroupMetadataValue ReadGroup(ReadOnlyMemory<byte> value) => Decode<GroupMetadataValue>(value);

    /// <summary>Reads a value behind its version.</summary>
    /// <exception cref="InvalidDataException">The version is unknown or the bytes do not fit.</exception>
    public static T Decode<T>(ReadOnlyMemory<byte> bytes)
        where T : IKafkaData, new()
    {
        try
        {
            var reader = new WireReader(bytes);
            var version = reader.ReadInt16();
            var value = new T();
            value.Read(ref reader, version);
            return value;
        }
        catch (Exception e) when (e is WireFormatException or MessageVersionException)
        {
            throw new InvalidDataException($"a {typeof(T).Name} cannot be read: {e.Message}", e);
        }
    }

    private static byte[] OffsetKey(string group, TopicPartition partition) =>
        Encode(OffsetType, new OffsetCommitKey { group = group, topic = partition.Topic, partition = partition.Partition }, 0);

    private static byte[] GroupKey(string group) => Encode(ClassicGroupType, new GroupMetadataKey { group = group }, 0);

    private static byte[] Encode(short prefix, IWireMessage message, short version)
    {
        using var writer = new WireWriter();
        writer.WriteInt16(prefix);
        message.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }
}

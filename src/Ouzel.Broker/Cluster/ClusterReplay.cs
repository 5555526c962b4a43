using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>Metadata that was read before its log was opened: the fold, and everything it folded as one step from nothing.</summary>
internal sealed record MetadataFold(ClusterReplay Replay, ClusterDelta Delta)
{
    /// <summary>The voters, as the log and its snapshots name them.</summary>
    public LogVoters Voters { get; init; } = LogVoters.Static;

    /// <summary>Partitions that the last run may not have made directories for; all others had one.</summary>
    public IReadOnlySet<(Uuid TopicId, int Partition)> Young { get; init; } = new HashSet<(Uuid, int)>();

    /// <summary>Names of topics that the log tells the deletion of: what else speaks of such a name may mean the topic that is gone.</summary>
    public IReadOnlySet<string> Deleted { get; init; } = new HashSet<string>();

    /// <summary>The log ends in bytes that a crash left: the last change may be missing.</summary>
    public bool IsTorn { get; init; }
}

/// <summary>
/// Folds batches of the log into images. Records between the begin and the end of a transaction (KIP-868) count when it ends;
/// after an abort they never were.
/// </summary>
internal sealed class ClusterReplay(ClusterImage image)
{
    private readonly List<ClusterRecord> _pending = [];
    private ClusterDelta _delta = new(image);
    private long _offset = image.Offset;
    private int _epoch = image.Epoch;
    private long _timestampMs = image.TimestampMs;

    /// <summary>The offset of the next batch.</summary>
    public long OffsetNext => _offset + 1;

    /// <summary>Something was changed since the directory was formatted.</summary>
    public bool HasChanges { get; private set; } = image.Offset >= 0;

    /// <summary>A transaction has begun and not ended: a new controller must abort it before it appends anything else.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>Takes a snapshot's records. Only before any batch.</summary>
    public void Add(ClusterSnapshot snapshot)
    {
        foreach (var record in snapshot.Records)
        {
            _delta.Apply(record);
        }

        HasChanges |= snapshot.OffsetNext > 0;
        (_offset, _epoch, _timestampMs) = (snapshot.OffsetNext - 1, snapshot.Epoch, snapshot.TimestampMs);
    }

    public void Add(ClusterBatch batch)
    {
        if (batch.BaseOffset != _offset + 1)
        {
            throw new InvalidDataException($"The cluster's log goes on at {batch.BaseOffset} where {_offset + 1} was expected");
        }

        foreach (var record in batch.Records)
        {
            Add(record);
        }

        (_offset, _epoch, _timestampMs) = (batch.OffsetNext - 1, batch.Epoch, batch.TimestampMs);
    }

    /// <summary>The image so far, with what changed since the last call. Records of an open transaction are not in it.</summary>
    public ClusterDelta Complete()
    {
        var delta = _delta;
        var after = delta.Complete(_offset, _epoch, _timestampMs);
        _delta = new ClusterDelta(after);
        return delta;
    }

    private void Add(ClusterRecord record)
    {
        switch (record.Message)
        {
            case BeginTransactionRecord when InTransaction:
                throw new InvalidDataException("A transaction of metadata records begins inside another");
            case BeginTransactionRecord:
                InTransaction = true;
                break;
            case EndTransactionRecord or AbortTransactionRecord when !InTransaction:
                throw new InvalidDataException("A transaction of metadata records ends that never began");
            case AbortTransactionRecord:
                InTransaction = false;
                _pending.Clear();
                break;
            case EndTransactionRecord:
                InTransaction = false;
                foreach (var pending in _pending)
                {
                    Apply(pending);
                }

                _pending.Clear();
                break;
            default:
                if (InTransaction)
                {
                    _pending.Add(record);
                }
                else
                {
                    Apply(record);
                }

                break;
        }
    }

    private void Apply(ClusterRecord record)
    {
        _delta.Apply(record);
        HasChanges |= record.Message is not NoOpRecord;
    }
}

using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Partitions;

/// <summary>One partition of a fetch: where the client stands, and within a session what it was told last.</summary>
internal sealed class FetchTarget(string? topic, Uuid topicId, int partition)
{
    /// <summary>Null while an id is not known to this node.</summary>
    public string? Topic { get; set; } = topic;

    /// <summary>Zero when the request names topics (up to v12).</summary>
    public Uuid TopicId => topicId;

    public int Partition => partition;

    public long FetchOffset { get; private set; }

    public int BytesMax { get; private set; }

    /// <summary>-1: do not check.</summary>
    public int CurrentLeaderEpoch { get; private set; } = -1;

    /// <summary>-1: do not look for a divergence.</summary>
    public int LastFetchedEpoch { get; private set; } = -1;

    private long _toldHighWatermark = -1;
    private long _toldLogStartOffset = -1;

    public void Update(FetchRequest.FetchPartition asked)
    {
        FetchOffset = asked.FetchOffset;
        BytesMax = asked.PartitionMaxBytes;
        CurrentLeaderEpoch = asked.CurrentLeaderEpoch;
        LastFetchedEpoch = asked.LastFetchedEpoch;
    }

    /// <summary>Whether an incremental answer must carry this partition; remembers what is told (KIP-227).</summary>
    public bool Tell(FetchResponse.PartitionData answer)
    {
        bool isNews = answer.Records is { Length: > 0 }
            || answer.HighWatermark != _toldHighWatermark
            || answer.LogStartOffset != _toldLogStartOffset
            || answer.PreferredReadReplica >= 0;
        _toldHighWatermark = answer.HighWatermark;
        _toldLogStartOffset = answer.LogStartOffset;
        if (answer.ErrorCode != ErrorCode.None || answer.DivergingEpoch.Epoch >= 0)
        {
            // An error is repeated until it is gone, and then the partition is told once more.
            _toldHighWatermark = -1;
            return true;
        }

        return isNews;
    }
}

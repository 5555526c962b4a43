using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Fetching;

/// <summary>One partition of a fetch: where the client stands, and within a session what it was told last.</summary>
internal sealed class FetchTarget
{
    public FetchTarget()
    {
    }

    /// <summary>A copy for a session, which keeps its targets.</summary>
    public FetchTarget(FetchTarget other)
    {
        (Topic, TopicId, Partition) = (other.Topic, other.TopicId, other.Partition);
        (FetchOffset, BytesMax, CurrentLeaderEpoch, LastFetchedEpoch) = (other.FetchOffset, other.BytesMax, other.CurrentLeaderEpoch, other.LastFetchedEpoch);
        (_toldHighWatermark, _toldLogStartOffset) = (other._toldHighWatermark, other._toldLogStartOffset);
    }

    /// <summary>Null while an id is not known to this node.</summary>
    public string? Topic { get; set; }

    /// <summary>Zero when the request names topics (up to v12).</summary>
    public Uuid TopicId { get; private set; }

    public int Partition { get; private set; }

    public long FetchOffset { get; private set; }

    public int BytesMax { get; private set; }

    /// <summary>-1: do not check.</summary>
    public int CurrentLeaderEpoch { get; private set; } = -1;

    /// <summary>-1: do not look for a divergence.</summary>
    public int LastFetchedEpoch { get; private set; } = -1;

    private long _toldHighWatermark = -1;
    private long _toldLogStartOffset = -1;

    /// <summary>Names another partition, of which nothing was told yet.</summary>
    public void Begin(string? topic, Uuid topicId, int partition)
    {
        (Topic, TopicId, Partition) = (topic, topicId, partition);
        (_toldHighWatermark, _toldLogStartOffset) = (-1, -1);
    }

    public void Update(FetchRequest.FetchPartition asked)
    {
        FetchOffset = asked.FetchOffset;
        BytesMax = asked.PartitionMaxBytes;
        CurrentLeaderEpoch = asked.CurrentLeaderEpoch;
        LastFetchedEpoch = asked.LastFetchedEpoch;
    }

    /// <summary>True when an incremental answer must carry this partition; remembers what is told (KIP-227).</summary>
    public bool Tell(FetchResponse.PartitionData answer)
    {
        var isNews = answer.Records is { Length: > 0 }
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

using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>One partition's part of a fetch.</summary>
/// <param name="TopicId">Zero when unknown.</param>
/// <param name="Offset">Where to read.</param>
/// <param name="LeaderEpoch">That the client knows; -1 for none.</param>
/// <param name="LastFetchedEpoch">Leader epoch of the record before <paramref name="Offset"/>; -1 for unknown.</param>
internal readonly record struct FetchItem(Uuid TopicId, long Offset, int LeaderEpoch, int LastFetchedEpoch);

/// <summary>The client's half of a fetch session with one broker (KIP-227): after a first full request only changes are sent.</summary>
internal sealed class FetchSession
{
    /// <summary>The first version with sessions.</summary>
    private const short From = 7;

    /// <summary>The first version that names topics by id.</summary>
    public const short ByIdFrom = 13;

    /// <summary>The first version that tells of a log that lost its end.</summary>
    public const short DivergenceFrom = 12;

    private const int NoSession = -1;

    private Dictionary<TopicPartition, FetchItem> _sent = [];
    private bool _byId;
    private int _id;
    private int _epoch;

    /// <summary>Puts what is wanted into a request, or what changed of it.</summary>
    public void Build(FetchRequest request, Dictionary<TopicPartition, FetchItem> wanted, short version, int partitionMaxBytes)
    {
        if (version < From)
        {
            (request.SessionId, request.SessionEpoch) = (0, NoSession);
            Add(request, wanted, version, partitionMaxBytes);
            return;
        }

        if (_byId != version >= ByIdFrom)
        {
            // A session keeps to names or to ids.
            _byId = version >= ByIdFrom;
            Restart();
        }

        (request.SessionId, request.SessionEpoch) = (_id, _epoch);
        if (_epoch == 0)
        {
            Add(request, wanted, version, partitionMaxBytes);
        }
        else
        {
            Add(request, wanted.Where(w => !_sent.TryGetValue(w.Key, out var before) || before != w.Value), version, partitionMaxBytes);
            Forget(request, _sent.Where(s => !wanted.TryGetValue(s.Key, out var now) || now.TopicId != s.Value.TopicId));
        }

        _sent = wanted;
    }

    /// <summary>The broker took the request.</summary>
    public void OnServed(int sessionId)
    {
        if (sessionId == 0)
        {
            // The broker keeps no session, or ended it.
            (_id, _epoch) = (0, 0);
        }
        else
        {
            (_id, _epoch) = (sessionId, _epoch == int.MaxValue ? 1 : _epoch + 1);
        }
    }

    /// <summary>The broker does not know the session.</summary>
    public void OnUnknown() => (_id, _epoch) = (0, 0);

    /// <summary>Something was lost on the way: the next request is a full one, which ends the session it names.</summary>
    public void Restart() => _epoch = 0;

    private static void Add(FetchRequest request, IEnumerable<KeyValuePair<TopicPartition, FetchItem>> items, short version, int partitionMaxBytes)
    {
        foreach (var topic in items.GroupBy(i => (i.Key.Topic, i.Value.TopicId)))
        {
            request.Topics.Add(new FetchRequest.FetchTopic
            {
                Topic = topic.Key.Topic,
                TopicId = topic.Key.TopicId,
                Partitions = [.. topic.Select(i => new FetchRequest.FetchPartition
                {
                    Partition = i.Key.Partition,
                    FetchOffset = i.Value.Offset,
                    CurrentLeaderEpoch = i.Value.LeaderEpoch,
                    LastFetchedEpoch = version >= DivergenceFrom ? i.Value.LastFetchedEpoch : -1,
                    PartitionMaxBytes = partitionMaxBytes,
                })],
            });
        }
    }

    private static void Forget(FetchRequest request, IEnumerable<KeyValuePair<TopicPartition, FetchItem>> items)
    {
        foreach (var topic in items.GroupBy(i => (i.Key.Topic, i.Value.TopicId)))
        {
            request.ForgottenTopicsData.Add(new FetchRequest.ForgottenTopic
            {
                Topic = topic.Key.Topic,
                TopicId = topic.Key.TopicId,
                Partitions = [.. topic.Select(i => i.Key.Partition)],
            });
        }
    }
}

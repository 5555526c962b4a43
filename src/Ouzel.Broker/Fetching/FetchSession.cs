using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Fetching;

/// <summary>The partitions that a client fetches again and again, so that its requests name only changes (KIP-227).</summary>
/// <remarks>Guarded by itself: whoever reads or changes it holds <see cref="Gate"/>.</remarks>
internal sealed class FetchSession(int id, bool usesTopicIds, long usedAt)
{
    private readonly Dictionary<(string? Topic, Uuid Id, int Partition), LinkedListNode<FetchTarget>> _index = [];
    private readonly LinkedList<FetchTarget> _order = new();

    public Lock Gate { get; } = new();

    public int Id => id;

    public bool UsesTopicIds => usesTopicIds;

    /// <summary>The epoch that the next request must carry.</summary>
    public int Epoch { get; private set; } = 1;

    public int Count => _order.Count;

    /// <summary>In the order in which they are served: whoever got records goes to the back.</summary>
    public void CopyTargetsTo(List<FetchTarget> targets)
    {
        for (var node = _order.First; node is not null; node = node.Next)
        {
            targets.Add(node.Value);
        }
    }

    /// <summary>The partitions that are counted for it; under the lock of the sessions.</summary>
    public int Weight { get; set; }

    /// <summary>A timestamp of the clock; under the lock of the sessions.</summary>
    public long UsedAt { get; set; } = usedAt;

    public static int NextEpoch(int epoch) => epoch < 0 ? -1 : epoch == int.MaxValue ? 1 : epoch + 1;

    public void Advance() => Epoch = NextEpoch(Epoch);

    /// <summary>Takes copies of the targets of the full fetch that opened the session.</summary>
    public void Adopt(List<FetchTarget> targets)
    {
        foreach (var target in targets)
        {
            var key = (usesTopicIds ? null : target.Topic, target.TopicId, target.Partition);
            if (!_index.ContainsKey(key))
            {
                _index.Add(key, _order.AddLast(new FetchTarget(target)));
            }
        }
    }

    /// <summary>Adds and moves the partitions that the request names, and drops those it forgets.</summary>
    public void Update(FetchRequest request)
    {
        foreach (var topic in request.Topics)
        {
            foreach (var asked in topic.Partitions)
            {
                var name = usesTopicIds ? null : topic.Topic;
                var key = (name, topic.TopicId, asked.Partition);
                if (!_index.TryGetValue(key, out var node))
                {
                    node = _order.AddLast(new FetchTarget());
                    node.Value.Begin(name, topic.TopicId, asked.Partition);
                    _index.Add(key, node);
                }

                node.Value.Update(asked);
            }
        }

        foreach (var topic in request.ForgottenTopicsData)
        {
            foreach (var partition in topic.Partitions)
            {
                if (_index.Remove((usesTopicIds ? null : topic.Topic, topic.TopicId, partition), out var node))
                {
                    _order.Remove(node);
                }
            }
        }
    }

    /// <summary>It was served: the others come first next time.</summary>
    public void MoveToBack(FetchTarget target)
    {
        var key = (usesTopicIds ? null : target.Topic, target.TopicId, target.Partition);
        if (_index.TryGetValue(key, out var node) && ReferenceEquals(node.Value, target))
        {
            _order.Remove(node);
            _order.AddLast(node);
        }
    }
}

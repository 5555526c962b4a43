namespace Ouzel.Client.Metadata;

/// <summary>The topics that the client's metadata follows: those somebody used lately.</summary>
/// <param name="idleMs">A topic that nobody used for so long is dropped (Kafka's metadata.max.idle.ms).</param>
internal sealed class TopicInterests(long idleMs)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long LastUsedMs, bool MayCreate)> _topics = new(StringComparer.Ordinal);

    /// <summary>Somebody uses the topic now.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="mayCreate">Whether the broker may create it when it is missing.</param>
    /// <param name="nowMs">Now.</param>
    public void Add(string topic, bool mayCreate, long nowMs)
    {
        lock (_gate)
        {
            _topics[topic] = (nowMs, mayCreate || (_topics.TryGetValue(topic, out var known) && known.MayCreate));
        }
    }

    public bool Contains(string topic)
    {
        lock (_gate)
        {
            return _topics.ContainsKey(topic);
        }
    }

    /// <summary>The topics to ask for now, those that may be created apart from the others; what was idle for too long is gone.</summary>
    public (List<string> MayCreate, List<string> Others) Current(long nowMs)
    {
        lock (_gate)
        {
            foreach (var idle in _topics.Where(t => nowMs - t.Value.LastUsedMs > idleMs).Select(t => t.Key).ToArray())
            {
                _topics.Remove(idle);
            }

            return ([.. _topics.Where(t => t.Value.MayCreate).Select(t => t.Key)], [.. _topics.Where(t => !t.Value.MayCreate).Select(t => t.Key)]);
        }
    }
}

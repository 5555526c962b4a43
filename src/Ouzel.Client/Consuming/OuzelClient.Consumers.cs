using Ouzel.Client.Consuming;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>Consumers.</summary>
public sealed partial class OuzelClient
{
    /// <summary>A member of a group that reads topics, with the encodings that the types have of themselves: see <see cref="Serdes.Of{T}"/>.</summary>
    /// <param name="group">Group id.</param>
    /// <param name="topics">What to read; those that do not exist yet are read when they do.</param>
    /// <param name="options">Null for Kafka's defaults.</param>
    /// <exception cref="NotSupportedException">A type has no encoding of itself: pass deserializers.</exception>
    public Consumer<TKey, TValue> CreateConsumer<TKey, TValue>(string group, IReadOnlyCollection<string> topics, ConsumerOptions? options = null) =>
        CreateConsumer(Serdes.Of<TKey>(), Serdes.Of<TValue>(), group, topics, options);

    /// <summary>A member of a group that reads topics, with deserializers of its own.</summary>
    /// <param name="keys">Called by whoever asks a record for its key.</param>
    /// <param name="values">Called by whoever asks a record for its value.</param>
    /// <param name="group">Group id.</param>
    /// <param name="topics">What to read; those that do not exist yet are read when they do.</param>
    /// <param name="options">Null for Kafka's defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public Consumer<TKey, TValue> CreateConsumer<TKey, TValue>(
        IDeserializer<TKey> keys, IDeserializer<TValue> values, string group, IReadOnlyCollection<string> topics, ConsumerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        if (topics.Count == 0)
        {
            throw new ArgumentException("Name at least one topic.", nameof(topics));
        }

        return Make(keys, values, group, [.. topics.Distinct(StringComparer.Ordinal)], options);
    }

    /// <summary>A consumer of partitions that are assigned by hand, with the encodings that the types have of themselves.</summary>
    /// <param name="partitions">What to read.</param>
    /// <param name="group">Where offsets are kept, without being a member; null for nowhere.</param>
    /// <param name="options">Null for Kafka's defaults.</param>
    /// <exception cref="NotSupportedException">A type has no encoding of itself: pass deserializers.</exception>
    public Consumer<TKey, TValue> CreateConsumer<TKey, TValue>(IReadOnlyCollection<TopicPartition> partitions, string? group = null, ConsumerOptions? options = null) =>
        CreateConsumer(Serdes.Of<TKey>(), Serdes.Of<TValue>(), partitions, group, options);

    /// <summary>A consumer of partitions that are assigned by hand, with deserializers of its own.</summary>
    /// <param name="keys">Called by whoever asks a record for its key.</param>
    /// <param name="values">Called by whoever asks a record for its value.</param>
    /// <param name="partitions">What to read.</param>
    /// <param name="group">Where offsets are kept, without being a member; null for nowhere.</param>
    /// <param name="options">Null for Kafka's defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public Consumer<TKey, TValue> CreateConsumer<TKey, TValue>(
        IDeserializer<TKey> keys, IDeserializer<TValue> values, IReadOnlyCollection<TopicPartition> partitions, string? group = null, ConsumerOptions? options = null)
    {
        var consumer = Make(keys, values, group, null, options);
        consumer.Core.Take(partitions);
        return consumer;
    }

    private Consumer<TKey, TValue> Make<TKey, TValue>(IDeserializer<TKey> keys, IDeserializer<TValue> values, string? group, IReadOnlyList<string>? topics, ConsumerOptions? options)
    {
        options ??= new ConsumerOptions();
        options.Validate();
        return Adopt(new Consumer<TKey, TValue>(this, new ConsumerCore(this, group, topics, options), keys, values));
    }
}

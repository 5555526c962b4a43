namespace Ouzel.Client;

/// <summary>Producers.</summary>
public sealed partial class OuzelClient
{
    /// <summary>A producer with the encodings that the types have of themselves: see <see cref="Serdes.Of{T}"/>.</summary>
    /// <exception cref="NotSupportedException">A type has none: pass serializers.</exception>
    public Producer<TKey, TValue> CreateProducer<TKey, TValue>(ProducerOptions? options = null) =>
        CreateProducer(Serdes.Of<TKey>(), Serdes.Of<TValue>(), options);

    /// <summary>A producer with serializers of its own.</summary>
    /// <param name="keys">Called on the thread that sends.</param>
    /// <param name="values">Called on the thread that sends.</param>
    /// <param name="options">Null for Kafka's defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public Producer<TKey, TValue> CreateProducer<TKey, TValue>(ISerializer<TKey> keys, ISerializer<TValue> values, ProducerOptions? options = null) =>
        Adopt(new Producer<TKey, TValue>(this, keys, values, options ?? new ProducerOptions()));
}

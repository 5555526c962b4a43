namespace Ouzel.Client;

/// <summary>A record to be sent.</summary>
/// <typeparam name="TKey">Type of the key.</typeparam>
/// <typeparam name="TValue">Type of the value.</typeparam>
/// <param name="Topic">Topic.</param>
/// <param name="Key">Records with equal keys go to the same partition; null for none.</param>
/// <param name="Value">Null writes a tombstone: the record that deletes its key from a compacted topic.</param>
public readonly record struct ProducerRecord<TKey, TValue>(string Topic, TKey? Key, TValue? Value)
{
    /// <summary>The partition, if it shall be neither the key's nor the partitioner's choice.</summary>
    public int? Partition { get; init; }

    /// <summary>Milliseconds since 1970; null takes the client's clock.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>Headers, in order; null for none. Read before the call returns.</summary>
    public IReadOnlyList<Header>? Headers { get; init; }
}

namespace Ouzel.Client;

/// <summary>The place where a record was written.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition, chosen by the key or the partitioner unless the record named it.</param>
/// <param name="Offset">Offset in the partition; -1 when the broker did not say (<see cref="Acks.None"/>, or a retry of a batch that it had already).</param>
/// <param name="TimestampMs">Milliseconds since 1970: the record's, or the broker's where the topic keeps the time of appending.</param>
public readonly record struct RecordMetadata(string Topic, int Partition, long Offset, long TimestampMs);

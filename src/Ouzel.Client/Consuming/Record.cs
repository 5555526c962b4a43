using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client;

/// <summary>A record that is the application's own: made by <see cref="ConsumerRecord{TKey, TValue}.ToOwned"/>, it stays as long as it is wanted.</summary>
/// <typeparam name="TKey">Type of the key.</typeparam>
/// <typeparam name="TValue">Type of the value.</typeparam>
/// <param name="Position">Partition and offset of the record itself.</param>
/// <param name="Timestamp">When it was made, or appended, as <paramref name="TimestampType"/> says; the nearest that there is when .NET has no such time.</param>
/// <param name="TimestampType">Whose clock it is.</param>
/// <param name="Key">The type's default when there is none.</param>
/// <param name="Value">The type's default for a tombstone.</param>
/// <param name="Headers">In order.</param>
public sealed record Record<TKey, TValue>(
    TopicPartitionOffset Position, DateTimeOffset Timestamp, TimestampType TimestampType, TKey? Key, TValue? Value, IReadOnlyList<Header> Headers);

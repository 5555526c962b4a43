namespace Ouzel.Client;

/// <summary>Handles records of a topic, one at a time. Made anew for each record, in a scope of its own, with what its constructor asks the container for.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public interface IRecordHandler<TKey, TValue>
{
    /// <summary>Handles a record. When this returns the record is done, and its offset may be committed; an exception makes it tried again, as the handler was told.</summary>
    /// <param name="record">The record, which is the handler's own.</param>
    /// <param name="cancellation">The partition goes to another member, or the host stops, and the time for records that have been begun is over. The record is handled again then.</param>
    ValueTask HandleAsync(Record<TKey, TValue> record, CancellationToken cancellation);
}

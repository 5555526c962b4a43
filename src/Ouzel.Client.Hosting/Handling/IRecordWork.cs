namespace Ouzel.Client.Hosting.Handling;

/// <summary>The work on a record, without the types of its key and value.</summary>
internal interface IRecordWork
{
    /// <summary>Decodes and handles.</summary>
    /// <exception cref="UnreadableRecordException">Key or value cannot be decoded, now or later.</exception>
    ValueTask HandleAsync(Record<byte[], byte[]> raw, CancellationToken cancellation);
}

/// <summary>A record whose bytes are no key or value of the wanted type: trying again does not help.</summary>
internal sealed class UnreadableRecordException(string message, Exception cause) : Exception(message, cause);

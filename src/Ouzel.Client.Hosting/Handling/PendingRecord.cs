namespace Ouzel.Client.Hosting.Handling;

/// <summary>A record from being read to being committable.</summary>
/// <param name="progress">Its partition's.</param>
/// <param name="raw">Its bytes; null for no key, no value.</param>
internal sealed class PendingRecord(PartitionProgress progress, Record<byte[], byte[]> raw)
{
    public PartitionProgress Progress => progress;

    public Record<byte[], byte[]> Raw => raw;

    public bool IsHandled { get; set; }
}

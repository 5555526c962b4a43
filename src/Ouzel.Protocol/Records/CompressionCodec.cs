namespace Ouzel.Protocol.Records;

/// <summary>The packing of a batch's records part: the lowest three bits of its attributes.</summary>
public enum CompressionCodec : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,

    /// <summary>KIP-110; only in batches of magic 2, for Produce 7+ and Fetch 10+.</summary>
    Zstd = 4,
}

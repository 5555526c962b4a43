using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Attributes;
using Ouzel.Protocol.Records;

namespace Ouzel.Microbenchmarks;

/// <summary>The codecs in Kafka's framing on 64 KiB of JSON records, with the bare C libraries of the system, which were not taken, beside them.</summary>
public class CompressionBenchmarks : IDisposable
{
    private readonly PooledBytes _target = new();
    private readonly byte[] _nativeTarget = new byte[256 << 10];
    private byte[] _plain = [];
    private byte[] _packed = [];
    private byte[] _packedNative = [];

    [Params(CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd)]
    public CompressionCodec Codec { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _plain = Records(64 << 10);
        _target.Truncate();
        Compression.Compress(Codec, _plain, _target);
        _packed = _target.WrittenSpan.ToArray();
        _packedNative = _nativeTarget[..(int)PackNative()];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _target.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Pack()
    {
        _target.Truncate();
        Compression.Compress(Codec, _plain, _target);
        return _target.Length;
    }

    [Benchmark]
    public int Unpack()
    {
        _target.Truncate();
        Compression.Decompress(Codec, _packed, _target);
        return _target.Length;
    }

    /// <summary>The rejected alternative; 0 where the system has no library for the codec.</summary>
    [Benchmark]
    public long PackNative() => Codec switch
    {
        CompressionCodec.Zstd => (long)ZSTD_compress(_nativeTarget, (nuint)_nativeTarget.Length, _plain, (nuint)_plain.Length, 3),
        CompressionCodec.Lz4 => LZ4_compress_default(_plain, _nativeTarget, _plain.Length, _nativeTarget.Length),
        _ => 0,
    };

    /// <inheritdoc cref="PackNative"/>
    [Benchmark]
    public long UnpackNative() => Codec switch
    {
        CompressionCodec.Zstd => (long)ZSTD_decompress(_nativeTarget, (nuint)_nativeTarget.Length, _packedNative, (nuint)_packedNative.Length),
        CompressionCodec.Lz4 => LZ4_decompress_safe(_packedNative, _nativeTarget, _packedNative.Length, _nativeTarget.Length),
        _ => 0,
    };

    private static byte[] Records(int size)
    {
        string[] words = ["order", "customer", "payment", "shipped", "null", "true", "amount", "EUR"];
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < size)
        {
            text.Append($"{{\"id\":{random.Next(1_000_000)},\"{words[random.Next(8)]}\":\"{words[random.Next(8)]}{random.Next(1000)}\"}}");
        }

        return Encoding.ASCII.GetBytes(text.ToString())[..size];
    }

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_compress(byte[] target, nuint capacity, byte[] source, nuint size, int level);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_decompress(byte[] target, nuint capacity, byte[] source, nuint size);

    [DllImport("liblz4.so.1")]
    private static extern int LZ4_decompress_safe(byte[] source, byte[] target, int size, int capacity);

    [DllImport("liblz4.so.1")]
    private static extern int LZ4_compress_default(byte[] source, byte[] target, int size, int capacity);
}

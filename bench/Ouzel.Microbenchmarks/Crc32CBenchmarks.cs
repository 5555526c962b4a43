using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Ouzel.Protocol.Records;

namespace Ouzel.Microbenchmarks;

/// <summary>Three interleaved streams against one: what the instruction's latency costs.</summary>
public class Crc32CBenchmarks
{
    private byte[] _bytes = [];

    [Params(256, 4096, 65536, 1 << 20)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bytes = new byte[Size];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark(Baseline = true)]
    public uint Interleaved() => Crc32C.Compute(_bytes);

    /// <summary>The rejected alternative.</summary>
    [Benchmark]
    public uint OneStream()
    {
        var state = ~0u;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(_bytes))
        {
            state = BitOperations.Crc32C(state, word);
        }

        return ~state;
    }
}

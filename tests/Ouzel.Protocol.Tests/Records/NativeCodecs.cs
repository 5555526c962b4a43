using System.Runtime.InteropServices;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>The reference implementations of the machine, to hold ours against.</summary>
internal static class NativeCodecs
{
    private const uint Lz4Version = 100;

    internal static byte[] ZstdCompress(byte[] source, int level)
    {
        var target = new byte[ZSTD_compressBound((nuint)source.Length)];
        var size = ZSTD_compress(target, (nuint)target.Length, source, (nuint)source.Length, level);
        Assert.Equal(0u, ZSTD_isError(size));
        return target[..(int)size];
    }

    /// <summary>Level and checksum chosen by parameter: 100 is the level, 201 the checksum flag, 101 the window's logarithm.</summary>
    internal static byte[] ZstdCompress(byte[] source, params (int Parameter, int Value)[] parameters)
    {
        var context = ZSTD_createCCtx();
        try
        {
            foreach (var (parameter, value) in parameters)
            {
                Assert.Equal(0u, ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)));
            }

            var target = new byte[ZSTD_compressBound((nuint)source.Length)];
            var size = ZSTD_compress2(context, target, (nuint)target.Length, source, (nuint)source.Length);
            Assert.Equal(0u, ZSTD_isError(size));
            return target[..(int)size];
        }
        finally
        {
            _ = ZSTD_freeCCtx(context);
        }
    }

    internal static byte[] ZstdDecompress(byte[] source, int length)
    {
        var target = new byte[length];
        var size = ZSTD_decompress(target, (nuint)length, source, (nuint)source.Length);
        Assert.True(ZSTD_isError(size) == 0, Marshal.PtrToStringAnsi(ZSTD_getErrorName(size)));
        return target[..(int)size];
    }

    /// <summary>All frames of a stream, by the reader that Java's is built on; null when it refuses them.</summary>
    internal static byte[]? ZstdReadStream(byte[] source)
    {
        var context = ZSTD_createDCtx();
        try
        {
            var given = new MemoryStream();
            var piece = new byte[128 << 10];
            nuint at = 0;
            nuint hint;
            do
            {
                nuint room = 0;
                hint = ZSTD_decompressStream_simpleArgs(context, piece, (nuint)piece.Length, ref room, source, (nuint)source.Length, ref at);
                if (ZSTD_isError(hint) != 0)
                {
                    return null;
                }

                given.Write(piece, 0, (int)room);
                if (hint != 0 && room < (nuint)piece.Length && at == (nuint)source.Length)
                {
                    return null;
                }
            }
            while (at < (nuint)source.Length || hint != 0);

            return given.ToArray();
        }
        finally
        {
            _ = ZSTD_freeDCtx(context);
        }
    }

    /// <summary>One block; null when the library refuses it.</summary>
    internal static byte[]? Lz4ReadBlock(byte[] source, int bytesMax)
    {
        var target = new byte[bytesMax];
        var given = LZ4_decompress_safe(source, target, source.Length, bytesMax);
        return given < 0 ? null : target[..given];
    }

    internal static byte[] Lz4Compress(byte[] source, Lz4Preferences preferences)
    {
        var target = new byte[LZ4F_compressFrameBound((nuint)source.Length, ref preferences)];
        var size = LZ4F_compressFrame(target, (nuint)target.Length, source, (nuint)source.Length, ref preferences);
        Assert.Equal(0u, LZ4F_isError(size));
        return target[..(int)size];
    }

    internal static byte[] Lz4Decompress(byte[] source, int length)
    {
        Assert.Equal((nuint)0, LZ4F_createDecompressionContext(out var context, Lz4Version));
        try
        {
            var target = new byte[length];
            var taken = 0;
            var given = 0;
            nuint hint = 1;
            while (hint != 0)
            {
                var targetSize = (nuint)(length - given);
                var sourceSize = (nuint)(source.Length - taken);
                hint = LZ4F_decompress(context, ref MemoryMarshal.GetReference(target.AsSpan(given)), ref targetSize, ref MemoryMarshal.GetReference(source.AsSpan(taken)), ref sourceSize, 0);
                Assert.Equal(0u, LZ4F_isError(hint));
                taken += (int)sourceSize;
                given += (int)targetSize;
                Assert.False(hint != 0 && sourceSize == 0 && targetSize == 0, "no progress");
            }

            return target[..given];
        }
        finally
        {
            LZ4F_freeDecompressionContext(context);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Lz4Preferences
    {
        internal int BlockSize;
        internal int Independent;
        internal int ContentChecksum;
        internal int FrameType;
        internal ulong ContentSize;
        internal uint DictionaryId;
        internal int BlockChecksum;
        internal int Level;
        internal uint AutoFlush;
        internal uint FavorDecoder;
        internal uint Reserved0;
        internal uint Reserved1;
        internal uint Reserved2;
    }

    [DllImport("libzstd.so.1")]
    private static extern nint ZSTD_createDCtx();

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_freeDCtx(nint context);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_decompressStream_simpleArgs(nint context, byte[] target, nuint capacity, ref nuint given, byte[] source, nuint size, ref nuint taken);

    [DllImport("liblz4.so.1")]
    private static extern int LZ4_decompress_safe(byte[] source, byte[] target, int size, int capacity);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_compressBound(nuint size);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_compress(byte[] target, nuint capacity, byte[] source, nuint size, int level);

    [DllImport("libzstd.so.1")]
    private static extern nint ZSTD_createCCtx();

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_freeCCtx(nint context);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_compress2(nint context, byte[] target, nuint capacity, byte[] source, nuint size);

    [DllImport("libzstd.so.1")]
    private static extern nuint ZSTD_decompress(byte[] target, nuint capacity, byte[] source, nuint size);

    [DllImport("libzstd.so.1")]
    private static extern uint ZSTD_isError(nuint code);

    [DllImport("libzstd.so.1")]
    private static extern nint ZSTD_getErrorName(nuint code);

    [DllImport("liblz4.so.1")]
    private static extern nuint LZ4F_compressFrameBound(nuint size, ref Lz4Preferences preferences);

    [DllImport("liblz4.so.1")]
    private static extern nuint LZ4F_compressFrame(byte[] target, nuint capacity, byte[] source, nuint size, ref Lz4Preferences preferences);

    [DllImport("liblz4.so.1")]
    private static extern nuint LZ4F_createDecompressionContext(out nint context, uint version);

    [DllImport("liblz4.so.1")]
    private static extern nuint LZ4F_freeDecompressionContext(nint context);

    [DllImport("liblz4.so.1")]
    private static extern nuint LZ4F_decompress(nint context, ref byte target, ref nuint targetSize, ref byte source, ref nuint sourceSize, nint options);

    [DllImport("liblz4.so.1")]
    private static extern uint LZ4F_isError(nuint code);
}

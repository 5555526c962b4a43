using System.IO.Hashing;
using FsCheck;
using FsCheck.Fluent;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Records.Codecs.Lz4;

namespace Ouzel.Protocol.Tests.Records;

public sealed class CompressionTests
{
    public static TheoryData<CompressionCodec, int> Levels() => new()
    {
        { CompressionCodec.Gzip, Compression.DefaultLevel },
        { CompressionCodec.Gzip, 1 },
        { CompressionCodec.Gzip, 9 },
        { CompressionCodec.Snappy, Compression.DefaultLevel },
        { CompressionCodec.Lz4, Compression.DefaultLevel },
        { CompressionCodec.Lz4, 1 },
        { CompressionCodec.Lz4, 17 },
        { CompressionCodec.Zstd, Compression.DefaultLevel },
        { CompressionCodec.Zstd, -5 },
        { CompressionCodec.Zstd, 1 },
        { CompressionCodec.Zstd, 7 },
        { CompressionCodec.Zstd, 22 },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public void What_was_packed_unpacks_to_the_same_bytes(CompressionCodec codec, int level)
    {
        foreach (var (name, bytes) in SampleData.All(seed: level, sizeMax: level is 17 or 22 ? 65_537 : 300_000))
        {
            Assert.True(bytes.AsSpan().SequenceEqual(Unpack(codec, Pack(codec, bytes, level))), name);
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Any_bytes_survive(CompressionCodec codec, int level) =>
        Prop.ForAll<byte[]>(bytes => bytes.AsSpan().SequenceEqual(Unpack(codec, Pack(codec, bytes, level)))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(19)]
    public void The_zstd_library_reads_what_we_write(int level)
    {
        foreach (var (name, bytes) in SampleData.All(seed: 100 + level, sizeMax: level is 19 or 13 ? 65_537 : level is 3 ? 1_500_000 : 300_000))
        {
            Assert.True(bytes.AsSpan().SequenceEqual(NativeCodecs.ZstdDecompress(Pack(CompressionCodec.Zstd, bytes, level), bytes.Length)), name);
        }
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(13)]
    [InlineData(19)]
    public void We_read_what_the_zstd_library_writes(int level)
    {
        foreach (var (name, bytes) in SampleData.All(seed: 200 + level, sizeMax: level is 19 or 13 ? 65_537 : level is 3 ? 1_500_000 : 300_000))
        {
            Assert.True(bytes.AsSpan().SequenceEqual(Unpack(CompressionCodec.Zstd, NativeCodecs.ZstdCompress(bytes, level))), name);
            Assert.True(bytes.AsSpan().SequenceEqual(Unpack(CompressionCodec.Zstd, NativeCodecs.ZstdCompress(bytes, (100, level), (201, 1), (101, 17)))), name);
        }
    }

    [Theory]
    [InlineData(CompressionCodec.Lz4, Compression.DefaultLevel)]
    [InlineData(CompressionCodec.Lz4, 12)]
    public void The_lz4_library_reads_what_we_write(CompressionCodec codec, int level)
    {
        foreach (var (name, bytes) in SampleData.All(seed: 300, sizeMax: 300_000))
        {
            Assert.True(bytes.AsSpan().SequenceEqual(NativeCodecs.Lz4Decompress(Pack(codec, bytes, level), bytes.Length)), name);
        }
    }

    [Fact]
    public void Lz4_frames_are_read_with_the_options_that_Javas_reader_takes()
    {
        foreach (var (name, bytes) in SampleData.All(seed: 400, sizeMax: 131_073))
        {
            for (var options = 0; options < 16; options++)
            {
                var preferences = new NativeCodecs.Lz4Preferences
                {
                    Independent = options & 1,
                    ContentChecksum = (options >> 1) & 1,
                    BlockChecksum = (options >> 2) & 1,
                    ContentSize = (options & 8) != 0 ? (ulong)bytes.Length : 0,
                    BlockSize = 4 + (options & 3),
                    Level = options,
                };
                var frame = NativeCodecs.Lz4Compress(bytes, preferences);
                // The library lets a single block stand alone whatever it was asked.
                if ((frame[4] & 0x20) != 0)
                {
                    Assert.True(bytes.AsSpan().SequenceEqual(Unpack(CompressionCodec.Lz4, frame)), $"{name} options {options}");
                }
                else
                {
                    Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Lz4, frame));
                }
            }
        }
    }

    [Fact]
    public void Zstd_frames_one_behind_the_other_give_their_contents_in_order()
    {
        var first = SampleData.Make(new Random(1), 2, 1000);
        var second = SampleData.Make(new Random(2), 2, 2000);
        byte[] skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9];
        byte[] stream = [.. skippable, .. Pack(CompressionCodec.Zstd, first), .. skippable, .. Pack(CompressionCodec.Zstd, second)];
        Assert.Equal([.. first, .. second], Unpack(CompressionCodec.Zstd, stream));
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Zstd, [.. stream, 1, 2, 3, 4, 5]));
    }

    [Fact]
    public void One_lz4_frame_is_read_and_only_at_the_beginning()
    {
        var first = SampleData.Make(new Random(1), 2, 1000);
        var frame = Pack(CompressionCodec.Lz4, first);
        Assert.Equal(first, Unpack(CompressionCodec.Lz4, [.. frame, .. frame]));
        Assert.Equal(first, Unpack(CompressionCodec.Lz4, [.. frame, 1, 2, 3]));
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Lz4, [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9, .. frame]));
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Lz4, frame[..^4]));
    }

    /// <summary>Flags of the descriptor: reserved, dictionary, version, linked blocks; of the block size: reserved bits, sizes that there are none of.</summary>
    [Theory]
    [InlineData(0x62, 0x40)]
    [InlineData(0x61, 0x40)]
    [InlineData(0xA0, 0x40)]
    [InlineData(0x40, 0x40)]
    [InlineData(0x60, 0x41)]
    [InlineData(0x60, 0xC0)]
    [InlineData(0x60, 0x30)]
    public void An_lz4_descriptor_that_Javas_reader_does_not_know_is_refused(byte flags, byte blockSize)
    {
        byte[] frame = [.. Pack(CompressionCodec.Lz4, [1, 2, 3]), 0, 0, 0, 0, 0, 0, 0, 0];
        (frame[4], frame[5]) = (flags, blockSize);
        frame[6] = (byte)(XxHash32.HashToUInt32(frame.AsSpan(4, 2)) >> 8);
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Lz4, frame));
    }

    [Fact]
    public void An_lz4_block_beyond_the_frames_size_is_refused()
    {
        var frame = Pack(CompressionCodec.Lz4, new byte[60_000]);
        byte[] stored = [.. frame[..7], .. BitConverter.GetBytes(0x80000000u | 65_537u), .. new byte[65_537], 0, 0, 0, 0];
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Lz4, stored));
        byte[] whole = [.. frame[..7], .. BitConverter.GetBytes(0x80000000u | 65_536u), .. new byte[65_536], 0, 0, 0, 0];
        Assert.Equal(65_536, Unpack(CompressionCodec.Lz4, whole).Length);
    }

    [Fact]
    public void Snappy_chunks_end_where_Javas_reader_sees_their_end()
    {
        var bytes = SampleData.Make(new Random(3), 2, 40_000);
        var framed = Pack(CompressionCodec.Snappy, bytes);
        Assert.Equal(bytes, Unpack(CompressionCodec.Snappy, [.. framed, 1, 2, 3]));
        Assert.Equal([.. bytes, .. bytes], Unpack(CompressionCodec.Snappy, [.. framed, .. framed]));
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Snappy, [.. framed, 0, 0, 0, 0]));
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Snappy, [.. framed, 0xff, 0xff, 0xff, 0xff]));
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Snappy, framed[..^1]));
        framed[15] = 0;
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Snappy, framed));
    }

    [Fact]
    public void Gzip_headers_checksums_and_lengths_are_compared_and_trailing_bytes_are_not()
    {
        var bytes = SampleData.Make(new Random(3), 2, 40_000);
        var packed = Pack(CompressionCodec.Gzip, bytes);
        Assert.Equal(bytes, Unpack(CompressionCodec.Gzip, [.. packed, 1, 2, 3]));
        Assert.Equal([.. bytes, .. bytes], Unpack(CompressionCodec.Gzip, [.. packed, .. packed]));
        foreach (var at in new[] { 0, 1, 2, packed.Length - 1, packed.Length - 5 })
        {
            byte[] damaged = [.. packed];
            damaged[at] ^= 1;
            Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Gzip, damaged));
        }

        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Gzip, packed[..^3]));
        packed[3] |= 0xe0;
        Assert.Equal(bytes, Unpack(CompressionCodec.Gzip, packed));
    }

    /// <summary>The window that a frame asks for stands behind its descriptor: ten bits and more by the upper five, eighths of it by the lower three.</summary>
    [Theory]
    [InlineData(0x88, true)]
    [InlineData(0x89, false)]
    [InlineData(0x90, false)]
    [InlineData(0xF8, false)]
    public void A_zstd_window_beyond_the_librarys_bound_is_refused(byte window, bool taken)
    {
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0, window, (3 << 3) | 1, 0, 0, 1, 2, 3];
        if (taken)
        {
            Assert.Equal([1, 2, 3], Unpack(CompressionCodec.Zstd, frame));
        }
        else
        {
            Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Zstd, frame));
        }
    }

    [Fact]
    public void A_zstd_frame_says_its_size_and_checksum_and_keeps_to_them()
    {
        // One segment, a size of one byte, a checksum: the lower half of xxHash64.
        byte[] content = [1, 2, 3];
        var checksum = BitConverter.GetBytes((uint)XxHash64.HashToUInt64(content));
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x24, 3, (3 << 3) | 1, 0, 0, .. content, .. checksum];
        Assert.Equal(content, Unpack(CompressionCodec.Zstd, frame));
        foreach (var at in new[] { 5, 9, 12 })
        {
            byte[] damaged = [.. frame];
            damaged[at] ^= 1;
            Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Zstd, damaged));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void A_zstd_window_that_slides_gives_the_same_bytes(int level)
    {
        var bytes = SampleData.Make(new Random(9), 2, 12_000_000);
        Assert.True(bytes.AsSpan().SequenceEqual(Unpack(CompressionCodec.Zstd, NativeCodecs.ZstdCompress(bytes, (100, level), (201, 1), (101, 17)))));
    }

    [Fact]
    public void A_raw_snappy_block_is_read_without_its_framing()
    {
        var bytes = SampleData.Make(new Random(3), 2, 20_000);
        var framed = Pack(CompressionCodec.Snappy, bytes);
        Assert.Equal(bytes, Unpack(CompressionCodec.Snappy, framed[20..]));
    }

    [Fact]
    public void An_lz4_header_checksum_over_the_wrong_bytes_is_taken_only_where_old_clients_may_have_written_it()
    {
        using var packed = new PooledBytes();
        Lz4Codec.Compress([1, 2, 3], packed, Lz4Codec.DefaultLevel, wrongHeaderChecksum: true);
        Assert.Throws<RecordFormatException>(() => Unpack(CompressionCodec.Lz4, packed.WrittenSpan.ToArray()));
        using var target = new PooledBytes();
        using var unpacker = Unpacker.Rent(CompressionCodec.Lz4, anyHeaderChecksum: true);
        unpacker.CopyTo(packed.WrittenSpan, target);
        Assert.Equal([1, 2, 3], target.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_stream_that_gives_more_than_allowed_is_refused(CompressionCodec codec)
    {
        var packed = Pack(codec, new byte[4 << 20]);
        Assert.True(packed.Length < 256 << 10);
        using var target = new PooledBytes(1 << 20);
        Assert.Throws<RecordFormatException>(() => Compression.Decompress(codec, packed, target));
        using var enough = new PooledBytes(4 << 20);
        Compression.Decompress(codec, packed, enough);
        Assert.Equal(4 << 20, enough.Length);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_stream_cut_anywhere_is_refused_or_gives_a_beginning(CompressionCodec codec)
    {
        var bytes = SampleData.Make(new Random(4), 2, 3000);
        var packed = Pack(codec, bytes);
        for (var length = 0; length < packed.Length; length++)
        {
            try
            {
                var part = Unpack(codec, packed[..length]);
                Assert.True(bytes.AsSpan().StartsWith(part), $"{length}");
            }
            catch (RecordFormatException)
            {
                continue;
            }
        }
    }

    /// <summary>100,000 seeded damages in all; the only way out is a <see cref="RecordFormatException"/>.</summary>
    [Theory]
    [InlineData(CompressionCodec.Gzip, 10_000)]
    [InlineData(CompressionCodec.Snappy, 25_000)]
    [InlineData(CompressionCodec.Lz4, 25_000)]
    [InlineData(CompressionCodec.Zstd, 40_000)]
    public void Damaged_streams_end_in_the_format_exception_and_nothing_else(CompressionCodec codec, int rounds)
    {
        var random = new Random(5);
        var seeds = Enumerable.Range(0, 24).Select(i => Seed(codec, random, i)).ToArray();
        using var target = new PooledBytes(1 << 20);
        var refused = 0;
        for (var round = 0; round < rounds; round++)
        {
            var stream = Mutate(random, seeds[round % seeds.Length], seeds);
            target.Truncate();
            try
            {
                Compression.Decompress(codec, stream, target);
            }
            catch (RecordFormatException)
            {
                refused++;
            }
        }

        Assert.True(refused > rounds / 10);
    }

    internal static byte[] Seed(CompressionCodec codec, Random random, int i)
    {
        var bytes = SampleData.Make(random, i % 8, 1 + random.Next(6000));
        if (codec == CompressionCodec.Zstd && i % 2 == 0)
        {
            return NativeCodecs.ZstdCompress(bytes, 1 + (i % 19));
        }

        return Pack(codec, bytes, codec == CompressionCodec.Zstd ? i % 8 : Compression.DefaultLevel);
    }

    internal static byte[] Mutate(Random random, byte[] stream, byte[][] others)
    {
        var bytes = new List<byte>(stream);
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            // The beginning holds the headers: damage there is the most interesting.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, 40)) : random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xff : (byte)0;
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(9, bytes.Count - at + 1)));
                    break;
                case 4:
                    var other = others[random.Next(others.Length)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 30))]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    internal static byte[] Pack(CompressionCodec codec, byte[] bytes, int level = Compression.DefaultLevel)
    {
        using var target = new PooledBytes();
        Compression.Compress(codec, bytes, target, level);
        return target.WrittenSpan.ToArray();
    }

    internal static byte[] Unpack(CompressionCodec codec, byte[] bytes)
    {
        using var target = new PooledBytes(64 << 20);
        Compression.Decompress(codec, bytes, target);
        return target.WrittenSpan.ToArray();
    }
}

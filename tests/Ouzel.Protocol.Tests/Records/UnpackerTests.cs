using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>The bytes that unpacking holds, keeps and takes in one step.</summary>
[Collection(nameof(UnpackerTests))]
[CollectionDefinition(nameof(UnpackerTests), DisableParallelization = true)]
public sealed class UnpackerTests
{
    private const int AttemptsMax = 30;

    public static TheoryData<CompressionCodec> Codecs() => [CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_packed_batch_is_validated_without_allocation(CompressionCodec codec)
    {
        var batch = Batch(codec, records: 200, valueBytes: 300);
        var rules = new ValidationRules();
        var allocated = long.MaxValue;
        for (var attempt = 0; attempt < AttemptsMax && allocated > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                RecordValidator.Validate(batch, rules, 1);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_a_broken_stream_left_does_not_show_in_the_next(CompressionCodec codec)
    {
        var plain = SampleData.Make(new Random(3), 2, 90_000);
        var packed = CompressionTests.Pack(codec, plain);
        byte[][] others = [packed[..^3], packed[..20], [.. packed, .. packed[..40]], [.. packed, 1, 2, 3], [1, 2, 3, .. packed], []];
        foreach (var other in others)
        {
            try
            {
                CompressionTests.Unpack(codec, other);
            }
            catch (RecordFormatException)
            {
                Assert.NotEqual(packed, other);
            }

            Assert.Equal(plain, CompressionTests.Unpack(codec, packed));
            Assert.Equal(plain, CompressionTests.Unpack(codec, packed));
        }
    }

    [Fact]
    public void A_gzip_payload_that_does_not_begin_like_one_is_refused_also_after_another()
    {
        var packed = CompressionTests.Pack(CompressionCodec.Gzip, new byte[1000]);
        CompressionTests.Unpack(CompressionCodec.Gzip, packed);
        Assert.Throws<RecordFormatException>(() => CompressionTests.Unpack(CompressionCodec.Gzip, [1, 2, 3, 4]));
        Assert.Throws<RecordFormatException>(() => CompressionTests.Unpack(CompressionCodec.Gzip, packed[..1]));
        Assert.Throws<RecordFormatException>(() => CompressionTests.Unpack(CompressionCodec.Gzip, packed[..2]));
        Assert.Throws<RecordFormatException>(() => CompressionTests.Unpack(CompressionCodec.Gzip, packed[..9]));
    }

    [Fact]
    public void A_window_of_zstd_counts_as_held_until_the_payload_is_let_go()
    {
        var frame = NativeCodecs.ZstdCompress(SampleData.Make(new Random(9), 2, 12_000_000), (100, 3), (101, 22));
        var unpacker = Unpacker.Rent(CompressionCodec.Zstd);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(unpacker.Fill(frame));
            unpacker.Consume(unpacker.Unread.Length);
        }

        Assert.InRange(unpacker.HeldBytes, 4 << 20, 5 << 20);
        unpacker.Dispose();
        Assert.Equal(0, unpacker.HeldBytes);
    }

    [Fact]
    public void A_step_unpacks_a_block_however_many_empty_ones_there_are()
    {
        // A frame of unknown size with a window of 1 KiB; raw blocks of no bytes, the last of them marked.
        const int Blocks = 100_000;
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0, 0, .. new byte[3 * Blocks], 1, 0, 0];
        using var unpacker = Unpacker.Rent(CompressionCodec.Zstd);
        var steps = 0;
        while (unpacker.Fill(frame))
        {
            steps++;
        }

        Assert.InRange(steps, Blocks, Blocks + 2);
        Assert.True(unpacker.Unread.IsEmpty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(22)]
    public void What_is_packed_by_zstd_in_pieces_is_one_frame_that_says_its_size(int level)
    {
        var plain = SampleData.Make(new Random(2), 2, 3_000_000);
        var packed = CompressionTests.Pack(CompressionCodec.Zstd, plain, level);
        Assert.True(plain.AsSpan().SequenceEqual(NativeCodecs.ZstdDecompress(packed, plain.Length)));

        // A descriptor that announces four bytes of size behind the window's byte.
        Assert.Equal(0x80, packed[4]);
        Assert.Equal(plain.Length, BitConverter.ToInt32(packed, 6));
    }

    private static byte[] Batch(CompressionCodec codec, int records, int valueBytes)
    {
        using var builder = new RecordBatchBuilder { Codec = codec };
        var random = new Random(1);
        for (var i = 0; i < records; i++)
        {
            builder.Append(1, [(byte)i], SampleData.Make(random, 2, valueBytes), [new("h", [1, 2])]);
        }

        return builder.BuildArray();
    }
}

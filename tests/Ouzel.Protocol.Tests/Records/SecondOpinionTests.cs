using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Codecs.Lz4;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>Damaged streams, read by us and by another implementation: the same bytes, or refused by both. What is said to differ is all that differs.</summary>
public sealed class SecondOpinionTests
{
    private const int Rounds = 25_000;

    [Fact]
    public void A_damaged_zstd_stream_is_to_us_what_it_is_to_the_system_library()
    {
        var (taken, differing) = (0, 0);
        foreach (var stream in Damaged(CompressionCodec.Zstd, Rounds))
        {
            var other = NativeCodecs.ZstdReadStream(stream);
            var ours = TryUnpack(CompressionCodec.Zstd, stream);
            Assert.True(ours is null || ours.Length == other?.Length, $"{other?.Length} {ours?.Length} {Convert.ToHexString(stream)}");
            taken += ours is null ? 0 : 1;
            differing += Same(other, ours) ? 0 : 1;
        }

        Assert.InRange(taken, Rounds / 100, Rounds);

        // Its versions do not agree about every stream without a checksum, and it looks at the window only of frames that it does not unpack at once.
        Assert.InRange(differing, 0, Rounds / 1000);
    }

    [Fact]
    public void A_damaged_lz4_block_is_to_us_what_it_is_to_the_system_library()
    {
        var (taken, differing) = (0, 0);
        foreach (var stream in Damaged(CompressionCodec.Lz4, Rounds))
        {
            var block = stream.Length > 15 ? stream[11..^4] : [0];
            byte[] frame = [.. CompressionTests.Pack(CompressionCodec.Lz4, [])[..7], .. BitConverter.GetBytes(block.Length), .. block, 0, 0, 0, 0];
            var other = NativeCodecs.Lz4ReadBlock(block, 64 << 10);
            var ours = TryUnpack(CompressionCodec.Lz4, frame);
            Assert.True(other?.Length == ours?.Length, $"{other?.Length} {ours?.Length} {Convert.ToHexString(block)}");
            taken += ours is null ? 0 : 1;
            differing += Same(other, ours) ? 0 : 1;
        }

        Assert.InRange(taken, Rounds / 100, Rounds);

        // What a copy from no distance gives is undefined.
        Assert.InRange(differing, 0, Rounds / 50);
    }

    [Fact]
    public void A_damaged_snappy_block_is_to_us_what_it_is_to_the_library_but_for_a_cut_element_at_its_end()
    {
        var taken = 0;
        foreach (var stream in Damaged(CompressionCodec.Snappy, Rounds))
        {
            var block = stream.Length > 20 && stream[20] != 0x82 ? stream[20..] : [0];
            var ours = TryUnpack(CompressionCodec.Snappy, block);
            var other = SnappyByLibrary(block);
            if (ours is not null || other is null)
            {
                Assert.True(Same(other, ours), $"{other?.Length} {ours?.Length} {Convert.ToHexString(block)}");
            }

            taken += ours is null ? 0 : 1;
        }

        Assert.InRange(taken, Rounds / 100, Rounds);
        byte[] cut = [4, 0x0c, 1, 2, 3, 4, 0];
        Assert.NotNull(SnappyByLibrary(cut));
        Assert.Null(TryUnpack(CompressionCodec.Snappy, cut));
    }

    [Fact]
    public void An_lz4_copy_from_no_distance_gives_nothing_of_what_was_unpacked_before()
    {
        var secret = new byte[60_000];
        Array.Fill(secret, (byte)'s');
        byte[] block = [0x1f, (byte)'a', 0, 0, 200, 0x50, 1, 2, 3, 4, 5];
        byte[] frame = [.. CompressionTests.Pack(CompressionCodec.Lz4, [])[..7], .. BitConverter.GetBytes(block.Length), .. block, 0, 0, 0, 0];
        CompressionTests.Unpack(CompressionCodec.Lz4, CompressionTests.Pack(CompressionCodec.Lz4, secret));
        Assert.DoesNotContain((byte)'s', TryUnpack(CompressionCodec.Lz4, frame) ?? []);
    }

    private static bool Same(byte[]? a, byte[]? b) => (a is null) == (b is null) && a.AsSpan().SequenceEqual(b);

    private static IEnumerable<byte[]> Damaged(CompressionCodec codec, int rounds)
    {
        var random = new Random(11);
        byte[][] seeds = [.. Enumerable.Range(0, 24).Select(i => CompressionTests.Seed(codec, random, i))];
        for (var round = 0; round < rounds; round++)
        {
            yield return CompressionTests.Mutate(random, seeds[round % seeds.Length], seeds);
        }
    }

    private static byte[]? TryUnpack(CompressionCodec codec, byte[] stream)
    {
        try
        {
            return CompressionTests.Unpack(codec, stream);
        }
        catch (RecordFormatException)
        {
            return null;
        }
    }

    private static byte[]? SnappyByLibrary(byte[] block)
    {
        try
        {
            var length = Snappier.Snappy.GetUncompressedLength(block);
            return length > 32 * block.Length || length < 0 ? null : Snappier.Snappy.DecompressToArray(block);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}

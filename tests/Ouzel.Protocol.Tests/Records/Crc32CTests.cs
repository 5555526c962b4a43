using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Tests.Records;

public sealed class Crc32CTests
{
    [Fact]
    public void Known_strings_have_known_checksums()
    {
        var seen = 0;
        foreach (var entry in GoldenWire.Json("crc32c.json").EnumerateArray())
        {
            var bytes = entry.TryGetProperty("bytes", out var hex) ? GoldenWire.Hex(hex)! : Pattern(entry.GetProperty("length").GetInt32());
            Assert.Equal(entry.GetProperty("crc32c").GetUInt32(), Crc32C.Compute(bytes));
            seen++;
        }

        Assert.True(seen > 5);
    }

    [Fact]
    public void The_fast_way_gives_what_the_definition_gives() =>
        Prop.ForAll<byte[]>(bytes => Crc32C.Compute(bytes) == Crc32C.ComputeByDefinition(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_length_around_the_borders_of_the_streams_gives_what_the_definition_gives()
    {
        var bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        for (var length = 0; length < bytes.Length; length += length is > 40 and < 1500 or > 1600 and < 3000 ? 97 : 1)
        {
            var start = length % 13 % (bytes.Length - length + 1);
            var part = bytes.AsSpan(start, Math.Min(length, bytes.Length - start));
            Assert.Equal(Crc32C.ComputeByDefinition(part), Crc32C.Compute(part));
            Assert.Equal(Crc32C.ComputeByDefinition(part), Crc32C.AppendOnAnyMachine(0, part));
        }
    }

    [Fact]
    public void A_checksum_continues_over_the_next_piece()
    {
        var bytes = Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog");
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Crc32C.Compute(bytes), Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    /// <summary>The catalogue's last entry says: byte i is 31 i + 7.</summary>
    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((31 * i) + 7))];
}

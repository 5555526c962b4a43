using System.Buffers.Binary;
using Ouzel.Storage.Compaction;

namespace Ouzel.Storage.Tests.Compaction;

public sealed class OffsetMapTests
{
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    public void The_hash_is_that_of_the_authors_of_SipHash(int length, string expected)
    {
        var (first, second) = new KeyHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Compute([.. Enumerable.Range(0, length).Select(i => (byte)i)]);
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, first);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), second);
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Each_key_has_its_last_offset()
    {
        var map = new OffsetMap(new CompactionOptions(), 30_000, KeyHash.Of(new Random(1)));
        for (var i = 0; i < 30_000; i++)
        {
            Assert.True(map.TryPut(BitConverter.GetBytes(i % 10_000), i));
        }

        Assert.Equal(10_000, map.Count);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(20_000 + i, map.OffsetOf(BitConverter.GetBytes(i)));
        }

        Assert.Equal(-1, map.OffsetOf(BitConverter.GetBytes(10_000)));
    }

    [Fact]
    public void It_takes_no_more_keys_than_its_bytes_and_load_factor_allow()
    {
        var map = new OffsetMap(new CompactionOptions { DedupeBufferBytes = 10 * OffsetMap.SlotBytes, LoadFactor = 0.5 }, 1000, KeyHash.Of(new Random(1)));
        for (var i = 0; i < 5; i++)
        {
            Assert.True(map.TryPut([(byte)i], i));
        }

        Assert.False(map.TryPut([5], 5));
        Assert.True(map.TryPut([4], 6));
        Assert.Equal(6, map.OffsetOf([4]));
    }
}

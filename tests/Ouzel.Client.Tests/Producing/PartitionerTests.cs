using System.Text.Json;
using Ouzel.Client.Producing;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Producing;

public sealed class PartitionerTests
{
    [Fact]
    public void Keys_go_where_the_Java_client_sends_them()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Root, "tests/golden/wire/murmur2.json")));
        int[] counts = [.. golden.RootElement.GetProperty("partitionCounts").EnumerateArray().Select(c => c.GetInt32())];
        foreach (var key in golden.RootElement.GetProperty("keys").EnumerateArray())
        {
            var bytes = Convert.FromHexString(key.GetProperty("key").GetString()!);
            Assert.Equal(key.GetProperty("hash").GetInt32(), Murmur2.Hash(bytes));
            Assert.Equal(key.GetProperty("partitions").EnumerateArray().Select(p => p.GetInt32()), counts.Select(c => Murmur2.Partition(bytes, c)));
        }
    }

    [Fact]
    public void Without_a_key_one_partition_is_kept_for_a_batch_of_bytes()
    {
        var partitioner = new StickyPartitioner(batchBytes: 100);
        Assert.Equal(-1, partitioner.Current);
        var current = partitioner.Next([0, 0, 0], 0.5);
        Assert.Equal(1, current);

        Assert.False(partitioner.OnAppended(current, 99));
        Assert.False(partitioner.OnAppended(0, 1000));
        Assert.True(partitioner.OnAppended(current, 1));
        Assert.False(partitioner.OnAppended(current, 1));
    }

    [Fact]
    public void Long_queues_get_less_and_partitions_without_a_leader_nothing()
    {
        var chosen = new int[4];
        for (var i = 0; i < 1000; i++)
        {
            chosen[new StickyPartitioner(100).Next([0, 9, -1, 4], i / 1000.0)]++;
        }

        Assert.Equal([589, 59, 0, 352], chosen);
        Assert.Equal(2, new StickyPartitioner(100).Next([-1, -1, -1], 0.99));
    }
}

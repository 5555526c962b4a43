using System.Text.Json;
using Ouzel.Broker.Coordination;

namespace Ouzel.Broker.Tests.Coordination;

public sealed class CoordinatorPartitionTests
{
    [Fact]
    public void Names_lie_in_the_partitions_where_kafka_puts_them()
    {
        var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Golden, "wire", "coordinator-partition.json"))).RootElement;
        int[] counts = [.. golden.GetProperty("partitionCounts").EnumerateArray().Select(c => c.GetInt32())];
        var compared = 0;
        foreach (var name in golden.GetProperty("names").EnumerateArray())
        {
            int[] expected = [.. name.GetProperty("partitions").EnumerateArray().Select(p => p.GetInt32())];
            Assert.Equal(expected, counts.Select(c => CoordinatorPartition.Of(name.GetProperty("name").GetString()!, c)));
            compared++;
        }

        Assert.True(compared > 5);
    }
}

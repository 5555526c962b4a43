using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DeleteRecordsTests : IDisposable
{
    private readonly DataNode _node = new();
    private readonly WireClient _client;

    public DeleteRecordsTests() => _client = _node.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task The_start_moves_up_to_the_offset_and_never_back()
    {
        await FillAsync(LogOptions.Default);
        Assert.Equal((ErrorCode.None, 2L), await DeleteAsync(2));
        Assert.Equal((ErrorCode.None, 2L), await DeleteAsync(1));
        Assert.Equal((ErrorCode.None, 3L), await DeleteAsync(-1));
        Assert.Equal(3, _node.PartitionOf("t").Log.LogStartOffset);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-2)]
    public async Task An_offset_beyond_the_end_or_below_minus_1_is_out_of_range(long offset)
    {
        await FillAsync(LogOptions.Default);
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L), await DeleteAsync(offset));
    }

    [Fact]
    public async Task A_topic_that_is_only_compacted_refuses_also_what_is_out_of_range()
    {
        await FillAsync(LogOptions.Default with { Delete = false, Compact = true });
        Assert.Equal((ErrorCode.PolicyViolation, -1L), await DeleteAsync(1));
        Assert.Equal((ErrorCode.PolicyViolation, -1L), await DeleteAsync(99));
    }

    [Fact]
    public async Task Unknown_partitions_are_told_one_by_one()
    {
        await FillAsync(LogOptions.Default);
        var request = new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 7 }, new() { PartitionIndex = 0, Offset = 1 }] }] };
        for (short version = 0; version <= 2; version++)
        {
            var response = await _client.CallAsync(request, version);
            Assert.Equal([(ErrorCode.UnknownTopicOrPartition, -1L), (ErrorCode.None, 1L)], response.Topics[0].Partitions.Select(p => (p.ErrorCode, p.LowWatermark)));
        }
    }

    private async Task FillAsync(LogOptions options)
    {
        await _node.CreateTopicAsync("t", options: options);
        _node.PartitionOf("t").AppendAsLeader(Batches.Of("a", "b", "c"), LogAppendOrigin.Client, false, _node.NowMs);
    }

    private async Task<(ErrorCode, long)> DeleteAsync(long offset)
    {
        var request = new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Offset = offset }] }] };
        var told = (await _client.CallAsync(request, 2)).Topics[0].Partitions[0];
        return (told.ErrorCode, told.LowWatermark);
    }
}

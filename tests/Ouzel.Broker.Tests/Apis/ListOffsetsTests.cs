using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ListOffsetsTests : IDisposable
{
    private const long T0 = 1_700_000_000_000;

    private readonly DataNode _node = new();
    private readonly WireClient _client;

    public ListOffsetsTests() => _client = _node.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task Every_version_tells_latest_earliest_and_a_time()
    {
        await _node.CreateTopicAsync("t");
        Append(Batches.At(T0, T0 + 100, T0 + 200));
        for (short version = 1; version <= 11; version++)
        {
            var epoch = version >= 4 ? 0 : -1;
            Assert.Equal((ErrorCode.None, 3L, -1L, epoch), await LookAsync(-1, version));
            Assert.Equal((ErrorCode.None, 0L, -1L, epoch), await LookAsync(-2, version));
            Assert.Equal((ErrorCode.None, 1L, T0 + 100, epoch), await LookAsync(T0 + 1, version));
            Assert.Equal((ErrorCode.None, -1L, -1L, -1), await LookAsync(T0 + 201, version));
        }
    }

    [Theory]
    [InlineData(-3, 7, 2L)]
    [InlineData(-4, 8, 0L)]
    [InlineData(-5, 9, -1L)]
    [InlineData(-6, 11, -1L)]
    public async Task A_special_position_needs_the_version_that_brought_it(long position, short first, long offset)
    {
        await _node.CreateTopicAsync("t");
        Append(Batches.At(T0, T0 + 1, T0 + 200));
        Assert.Equal((ErrorCode.UnsupportedVersion, -1L), Short(await LookAsync(position, (short)(first - 1))));
        Assert.Equal((ErrorCode.None, offset), Short(await LookAsync(position, first)));
    }

    [Fact]
    public async Task An_unheard_of_special_position_is_refused_before_the_topic_is_looked_up()
    {
        Assert.Equal(ErrorCode.UnsupportedVersion, (await LookAsync(-7, 11, topic: "ghost")).Item1);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await LookAsync(-1, 11, topic: "ghost")).Item1);
    }

    [Fact]
    public async Task A_partition_named_twice_gets_one_refusal_and_the_others_their_answer()
    {
        await _node.CreateTopicAsync("t", partitions: 2);
        var response = await _client.CallAsync(Request("t", -1, (0, -1), (0, -2), (1, -1)), 7);
        Assert.Equal([(0, ErrorCode.InvalidRequest, -1L), (1, ErrorCode.None, 0L)], response.Topics[0].Partitions.Select(p => (p.PartitionIndex, p.ErrorCode, p.Offset)));
    }

    [Theory]
    [InlineData(0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(5, ErrorCode.UnknownLeaderEpoch)]
    public async Task The_epoch_of_the_client_is_checked(int epoch, ErrorCode expected)
    {
        await _node.CreateTopicAsync("t");
        await _node.ChangeLeaderAsync("t", 0, leader: 1);
        var request = Request("t", -1, (0, -1));
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        Assert.Equal(expected, (await _client.CallAsync(request, 7)).Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Read_committed_ends_at_the_first_open_transaction()
    {
        await _node.CreateTopicAsync("t");
        Append(Batches.At(T0));
        Append(Batches.Of(9, 0, 0, transactional: true, "a", "b"));
        var request = Request("t", -1, (0, -1));
        request.IsolationLevel = 1;
        Assert.Equal(1, (await _client.CallAsync(request, 7)).Topics[0].Partitions[0].Offset);
        request.IsolationLevel = 0;
        Assert.Equal(3, (await _client.CallAsync(request, 7)).Topics[0].Partitions[0].Offset);
    }

    [Theory]
    [InlineData(-1, 1, new long[] { 2 })]
    [InlineData(-1, 10, new long[] { 2, 0 })]
    [InlineData(-2, 1, new long[] { 0 })]
    public async Task Version_0_lists_offsets_newest_first(long position, int count, long[] expected)
    {
        await _node.CreateTopicAsync("t");
        Append(Batches.At(T0, T0 + 1));
        var request = Request("t", -1, (0, position));
        request.Topics[0].Partitions[0].MaxNumOffsets = count;
        Assert.Equal(expected, (await _client.CallAsync(request, 0)).Topics[0].Partitions[0].OldStyleOffsets);
    }

    private void Append(byte[] batch)
        => Assert.Equal(ErrorCode.None, _node.PartitionOf("t").AppendAsLeader(batch, LogAppendOrigin.Client, acksAll: false, _node.NowMs).Error);

    private async Task<(ErrorCode, long, long, int)> LookAsync(long timestamp, short version, string topic = "t")
    {
        var p = (await _client.CallAsync(Request(topic, -1, (0, timestamp)), version)).Topics[0].Partitions[0];
        return (p.ErrorCode, p.Offset, p.Timestamp, p.LeaderEpoch);
    }

    private static (ErrorCode, long) Short((ErrorCode Error, long Offset, long, int) found) => (found.Error, found.Offset);

    private static ListOffsetsRequest Request(string topic, int replicaId, params (int Partition, long Timestamp)[] asked) => new()
    {
        ReplicaId = replicaId,
        Topics = [new() { Name = topic, Partitions = [.. asked.Select(a => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = a.Partition, Timestamp = a.Timestamp })] }],
    };
}

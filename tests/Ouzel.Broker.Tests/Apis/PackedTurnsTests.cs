using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

/// <summary>Kilobytes that unpack to much, checked beside others.</summary>
public sealed class PackedTurnsTests : IDisposable
{
    private readonly DataNode _node = new();
    private readonly LargeTurns _turns = new(1);

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Others_have_their_turn_between_the_slices_of_one_batch()
    {
        var lane = new MemoryLane(_node.Clock, 64 << 20);
        var (check, other) = await CheckBesideAnotherAsync(lane);
        var (isDone, held) = await other;
        Assert.False(isDone);
        Assert.InRange(held, 1, lane.BytesMax);
        Assert.Equal((ErrorCode.None, 0L), (await check, lane.Taken));
    }

    [Fact]
    public async Task A_check_that_gets_no_memory_to_hold_between_turns_ends_in_its_first()
    {
        var lane = new MemoryLane(_node.Clock, 1024);
        await lane.TakeAsync(1024);
        var (check, other) = await CheckBesideAnotherAsync(lane);
        Assert.Equal(1024, (await other).Held);
        Assert.Equal((ErrorCode.None, 1024L), (await check, lane.Taken));
    }

    [Fact]
    public async Task What_is_more_than_all_the_memory_is_not_held_between_turns_even_by_the_only_one()
    {
        var lane = new MemoryLane(_node.Clock, 1024);
        var (check, other) = await CheckBesideAnotherAsync(lane);
        Assert.Equal(0, (await other).Held);
        Assert.Equal((ErrorCode.None, 0L), (await check, lane.Taken));
    }

    [Fact]
    public async Task Batches_that_are_checked_elsewhere_stay_in_the_order_in_which_they_were_sent()
    {
        await _node.CreateTopicAsync("t");
        using var client = _node.Connect();
        const int Count = 30;
        for (var i = 0; i < Count; i++)
        {
            var batch = i % 3 == 2 ? Batches.Of($"{i}") : Bomb(8 << 20);
            await client.SendAsync(ProduceTests.Request((short)(i % 2), ("t", 0, batch)), 9);
        }

        // The even ones are sent with acks=0 and get no answer.
        for (var i = 1; i < Count; i += 2)
        {
            var (id, answer) = await client.ReceiveAsync<ProduceResponse>(9).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal((i + 1, (long)i), (id, answer.Responses[0].PartitionResponses[0].BaseOffset));
            Assert.Equal(ErrorCode.None, answer.Responses[0].PartitionResponses[0].ErrorCode);
        }
    }

    [Fact]
    public async Task A_check_that_has_begun_and_gets_no_memory_waits_for_its_turn_without_any()
    {
        var lane = new MemoryLane(_node.Clock, 1024);
        await lane.TakeAsync(1024);
        await _node.CreateTopicAsync("t");
        using var begun = new ManualResetEventSlim();
        var cancelled = TestContext.Current.CancellationToken;
        var first = _turns.RunAsync(() =>
        {
            begun.Wait(cancelled);
            return true;
        });
        var bomb = Bomb(32 << 20);
        var rest = _node.PartitionOf("t").BeginCheck(bomb, LogAppendOrigin.Client, _node.NowMs, oldFormats: false, PackedTurns.SliceBytes, out _)!;
        Assert.NotEqual(0, rest.HeldBytes);
        var check = new PackedTurns(_turns, lane).CheckAsync(_node.PartitionOf("t"), bomb, rest, _node.NowMs, oldFormats: false);
        Assert.Equal((false, 0L), (check.IsCompleted, rest.HeldBytes));
        begun.Set();
        await first;
        Assert.Equal((ErrorCode.None, 1024L), ((await check).Error, lane.Taken));
    }

    /// <summary>Both ask for their turns while somebody else has his, the check first.</summary>
    private async Task<(Task<ErrorCode> Check, Task<(bool IsDone, long Held)> Other)> CheckBesideAnotherAsync(MemoryLane lane)
    {
        await _node.CreateTopicAsync("t");
        using var begun = new ManualResetEventSlim();
        var cancelled = TestContext.Current.CancellationToken;
        var first = _turns.RunAsync(() =>
        {
            begun.Wait(cancelled);
            return true;
        });
        var check = CheckAsync(lane);
        Task<(bool IsDone, long Held)> other = _turns.RunAsync(() => (check.IsCompleted, lane.Taken));
        begun.Set();
        await first;
        return (check, other);
    }

    private async Task<ErrorCode> CheckAsync(MemoryLane lane)
        => (await new PackedTurns(_turns, lane).CheckAsync(_node.PartitionOf("t"), Bomb(32 << 20), null, _node.NowMs, oldFormats: false)).Error;

    /// <summary>One record of zeros in a batch of some kilobytes.</summary>
    private static byte[] Bomb(int valueBytes)
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Gzip };
        builder.AppendAt(0, 0, [], hasKey: false, new byte[valueBytes], hasValue: true);
        return builder.BuildArray();
    }
}

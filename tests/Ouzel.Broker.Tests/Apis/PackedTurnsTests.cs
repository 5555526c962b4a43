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
    public async Task A_check_that_gets_no_memory_to_hold_has_a_place_beside_it_and_others_their_turn()
    {
        var lane = new MemoryLane(_node.Clock, 1024);
        await lane.TakeAsync(1024);
        var (check, other) = await CheckBesideAnotherAsync(lane);
        Assert.Equal((false, 1024L), await other);
        Assert.Equal((ErrorCode.None, 1024L), (await check, lane.Taken));
    }

    [Fact]
    public async Task What_is_more_than_all_the_memory_has_a_place_beside_it_even_when_it_is_alone()
    {
        var lane = new MemoryLane(_node.Clock, 1024);
        var (check, other) = await CheckBesideAnotherAsync(lane);
        Assert.Equal((false, 0L), await other);
        Assert.Equal((ErrorCode.None, 0L), (await check, lane.Taken));
    }

    [Fact]
    public async Task Of_checks_that_get_no_memory_only_as_many_go_on_as_there_are_turns_and_all_come_to_their_end()
    {
        await _node.CreateTopicAsync("t");
        var lane = new MemoryLane(_node.Clock, 1024);
        var packed = new PackedTurns(_turns, lane);
        Task<RecordValidation>[] checks = [.. Enumerable.Range(0, 5).Select(_ => packed.CheckAsync(_node.PartitionOf("t"), Bomb(8 << 20), null, _node.NowMs, oldFormats: false))];
        Assert.All(await Task.WhenAll(checks), v => Assert.Equal(ErrorCode.None, v.Error));
        Assert.Equal(0, lane.Taken);
    }

    [Fact]
    public async Task Others_have_their_turn_while_a_message_set_of_an_old_format_is_unpacked_converted_and_packed()
    {
        await _node.CreateTopicAsync("t");
        var lane = new MemoryLane(_node.Clock, 256 << 20);
        await AssertServedBetweenAsync(lane, OldBomb(8 << 20), oldFormats: true);
    }

    [Fact]
    public async Task Others_have_their_turn_while_a_batch_is_packed_anew_for_its_topic()
    {
        await _node.CreateTopicAsync("t", options: LogOptions.Default with { Compression = CompressionCodec.Zstd, MessageBytesMax = 50_000_000 });
        var lane = new MemoryLane(_node.Clock, 256 << 20);
        await AssertServedBetweenAsync(lane, Bomb(8 << 20), oldFormats: false);
        await AssertServedBetweenAsync(lane, Plain(8 << 20), oldFormats: false);
    }

    [Fact]
    public async Task A_message_set_of_an_old_format_that_unpacks_to_much_is_appended_and_the_connection_goes_on()
    {
        await _node.CreateTopicAsync("t");
        using var client = _node.Connect();
        await client.SendAsync(ProduceTests.Request(1, ("t", 0, OldBomb(8 << 20))), 2);
        await client.SendAsync(ProduceTests.Request(1, ("t", 0, OldBomb(100))), 2);
        for (var i = 0; i < 2; i++)
        {
            var (id, answer) = await client.ReceiveAsync<ProduceResponse>(2).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal((i + 1, (long)i), (id, answer.Responses[0].PartitionResponses[0].BaseOffset));
            Assert.Equal(ErrorCode.None, answer.Responses[0].PartitionResponses[0].ErrorCode);
        }
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

    /// <summary>Somebody who always waits for a turn while the check has one comes behind each of its slices, and what the check holds then is charged.</summary>
    private async Task AssertServedBetweenAsync(MemoryLane lane, byte[] batch, bool oldFormats)
    {
        using var begun = new ManualResetEventSlim();
        var cancelled = TestContext.Current.CancellationToken;
        var first = _turns.RunAsync(() =>
        {
            begun.Wait(cancelled);
            return true;
        });
        var check = new PackedTurns(_turns, lane).CheckAsync(_node.PartitionOf("t"), batch, null, _node.NowMs, oldFormats);
        var (between, held) = (0, 0L);
        var last = _turns.RunAsync(Between);
        begun.Set();
        await first;
        Assert.Equal((ErrorCode.None, 0L), ((await check).Error, lane.Taken));
        while (await last)
        {
        }

        Assert.True(between > 3 && held > 1 << 20, $"{between} turns, {held} bytes");

        bool Between()
        {
            if (check.IsCompleted)
            {
                return false;
            }

            last = _turns.RunAsync(Between); // so that somebody waits when the next slice ends
            between++;
            held = Math.Max(held, lane.Taken);
            return true;
        }
    }

    /// <summary>A wrapper of magic 1 around one message of zeros.</summary>
    private static byte[] OldBomb(int valueBytes)
    {
        using var entry = new PooledBytes();
        Assert.Equal(ErrorCode.None, OldMessageSet.Convert(Bomb(valueBytes), 1, 0, entry));
        return entry.WrittenSpan.ToArray();
    }

    private static byte[] Plain(int valueBytes)
    {
        using var builder = new RecordBatchBuilder();
        builder.AppendAt(0, 0, [], hasKey: false, new byte[valueBytes], hasValue: true);
        return builder.BuildArray();
    }

    /// <summary>One record of zeros in a batch of some kilobytes.</summary>
    private static byte[] Bomb(int valueBytes)
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Gzip };
        builder.AppendAt(0, 0, [], hasKey: false, new byte[valueBytes], hasValue: true);
        return builder.BuildArray();
    }
}

using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>Leadership: loading when it comes, dropping everything when it goes.</summary>
internal sealed partial class ShardRuntime<TShard>
{
    /// <summary>How much of the log is read at a time while loading; others run in between. Kafka's offsets.load.buffer.size reads 5 MiB.</summary>
    private const int LoadBytesMax = 1 << 20;

    private int _epoch = -1;
    private int _loadNumber;

    /// <summary>This node leads the partition in this epoch: reads the log, then serves.</summary>
    public void Lead(int leaderEpoch) => Enqueue(() =>
    {
        // Leadership changes can be told out of order (KAFKA-10614): only a newer epoch counts.
        if (leaderEpoch > _epoch)
        {
            _epoch = leaderEpoch;
            Reload();
        }
    }, always: true);

    /// <summary>This node no longer leads the partition as of this epoch. Everything that waits is told to look elsewhere.</summary>
    public void Resign(int leaderEpoch) => Enqueue(() =>
    {
        if (leaderEpoch >= _epoch)
        {
            _epoch = leaderEpoch;
            Stop(ShardState.Idle, ErrorCode.NotCoordinator);
        }
    }, always: true);

    private void Stop(ShardState state, ErrorCode error)
    {
        _loadNumber++;
        _shard = null;
        State = state;
        _offsetLast = -1;
        _timerAtMs = long.MaxValue;
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        FailAnswers(error);
    }

    private void Reload()
    {
        Stop(ShardState.Loading, ErrorCode.NotCoordinator);
        _ = LoadAsync(_loadNumber);
    }

    private async Task LoadAsync(int number)
    {
        try
        {
            long offset = log.StartOffset;
            long end = log.EndOffset;
            if (offset < end)
            {
                // Whoever told of the leadership goes on at once. A partition that was just made is served when they do:
                // who was told of its coordinator is not sent away again.
                await Task.Yield();
            }

            TShard shard = create();
            while (offset < end)
            {
                ReadOnlyMemory<byte> batches = await log.ReadAsync(offset, LoadBytesMax);
                long next = CoordinatorBatch.Fold(shard, batches.Span, offset);
                if (next == offset)
                {
                    // Compaction can leave a gap up to the end (KAFKA-9065).
                    break;
                }

                offset = next;
            }

            Enqueue(() => OnLoaded(shard, number, end), always: true);
        }
        catch (Exception fault)
        {
            Enqueue(() => OnLoadFailed(fault, number), always: true);
        }
    }

    private void OnLoaded(TShard shard, int number, long end)
    {
        if (number != _loadNumber)
        {
            return;
        }

        _shard = shard;

        // What was read may not be committed yet; answers wait until it is, so that none of them has to be taken back.
        _offsetLast = end - 1;
        Perform(shard, static (s, now) => s.OnLoaded(now));
        if (_shard == shard)
        {
            State = ShardState.Active;
            LogLoaded(logger, name, _epoch, end);
        }
    }

    private void OnLoadFailed(Exception fault, int number)
    {
        if (number == _loadNumber)
        {
            LogLoadFailed(logger, fault, name);
            Stop(ShardState.Failed, ErrorCode.CoordinatorNotAvailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition}: coordinating in leader epoch {Epoch}, read to offset {End}")]
    private static partial void LogLoaded(ILogger logger, string partition, int epoch, long end);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}: its records cannot be read, so its groups are not served; repair the partition, then restart this node")]
    private static partial void LogLoadFailed(ILogger logger, Exception fault, string partition);
}

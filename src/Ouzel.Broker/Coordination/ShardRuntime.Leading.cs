using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>Leadership: loading when it comes, dropping everything when it goes.</summary>
internal sealed partial class ShardRuntime<TShard>
{
    /// <summary>The bytes of the log read at a time while loading; others run in between. Kafka's offsets.load.buffer.size reads 5 MiB.</summary>
    private const int LoadBytesMax = 1 << 20;

    /// <summary>The first wait after a load that failed; each further one is twice as long, up to <see cref="LoadRetryMsMax"/>.</summary>
    private const int LoadRetryMsMin = 1_000;
    private const int LoadRetryMsMax = 60_000;

    /// <summary>Damage that gets a line of its own; beyond it only the count is told.</summary>
    private const int DamageToldMax = 20;

    private int _epoch = -1;
    private int _loadNumber;
    private int _loadFailures;

    /// <summary>This node leads the partition in this epoch: reads the log, then serves.</summary>
    public void Lead(int leaderEpoch) => Enqueue(() =>
    {
        // Leadership changes can be told out of order (KAFKA-10614): only a newer epoch counts.
        if (leaderEpoch > _epoch)
        {
            _epoch = leaderEpoch;
            _loadFailures = 0;
            Reload();
        }
    });

    /// <summary>This node no longer leads the partition as of this epoch. Everything that waits is told to look elsewhere.</summary>
    public void Resign(int leaderEpoch) => Enqueue(() =>
    {
        if (leaderEpoch >= _epoch)
        {
            _epoch = leaderEpoch;
            Stop(ShardState.Idle, ErrorCode.NotCoordinator);
        }
    });

    private void Stop(ShardState state, ErrorCode error)
    {
        var shard = _shard;
        _loadNumber++;
        _shard = null;
        State = state;
        _offsetLast = -1;
        _isStateInDoubt = false;
        _continuations.Clear();
        _timerAtMs = long.MaxValue;
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        FailResponses(error);
        shard?.Dispose(); // last: what is wrong with it must keep nobody waiting
    }

    private void Reload()
    {
        Stop(ShardState.Loading, ErrorCode.NotCoordinator);
        loads?.Begin();
        _ = LoadAsync(_loadNumber);
    }

    private async Task LoadAsync(int number)
    {
        TShard? shard = null;
        try
        {
            var offset = log.StartOffset;
            var end = log.EndOffset;
            if (offset < end)
            {
                // Whoever told of the leadership goes on at once. A partition that was just made is served when they do:
                // who was told of its coordinator is not sent away again.
                await Task.Yield();
            }

            shard = create(_epoch);
            var damaged = 0;
            while (offset < end)
            {
                var batches = await log.ReadAsync(offset, LoadBytesMax);
                if (batches.IsEmpty)
                {
                    // Compaction can leave a gap up to the end (KAFKA-9065).
                    break;
                }

                var next = CoordinatorBatch.Fold(shard, batches.Span, offset, damage =>
                {
                    if (++damaged <= DamageToldMax)
                    {
                        CoordinationEvents.Damage(logger, name, damage.Offset, damage.NextOffset - 1, damage.What);
                    }
                });
                if (next == offset)
                {
                    throw new InvalidDataException($"no batch begins where offset {offset} should be");
                }

                offset = next;
            }

            if (damaged > 0)
            {
                CoordinationEvents.Damaged(logger, name, damaged);
            }

            var loaded = shard;
            Enqueue(() => OnLoadedAsync(loaded, number, end));
        }
        catch (Exception fault)
        {
            shard?.Dispose();
            Enqueue(() => OnLoadFailed(fault, number));
        }
    }

    private async ValueTask OnLoadedAsync(TShard shard, int number, long end)
    {
        if (number != _loadNumber)
        {
            shard.Dispose();
            loads?.End(isServed: false);
            return;
        }

        _shard = shard;

        // What was read may not be committed yet; answers wait until it is, so that none of them has to be taken back.
        _offsetLast = end - 1;
        await PerformAsync(shard, static (s, now) => s.OnLoaded(now));
        if (_shard == shard)
        {
            State = ShardState.Active;
            _loadFailures = 0;
            CoordinationEvents.Loaded(logger, name, _epoch, end);
        }

        loads?.End(State == ShardState.Active);
    }

    private void OnLoadFailed(Exception fault, int number)
    {
        loads?.End(isServed: false);
        if (number == _loadNumber)
        {
            CoordinationEvents.LoadFailed(logger, fault, name);
            GiveUp();
        }
    }

    /// <summary>Responses that nobody is served; tries again later, unless the disk is gone.</summary>
    private void GiveUp()
    {
        Stop(ShardState.Failed, ErrorCode.CoordinatorNotAvailable);
        if (!log.IsOffline)
        {
            var now = CoordinatorMoment.Of(time);
            var waitMs = Math.Min((long)LoadRetryMsMin << Math.Min(_loadFailures++, 16), LoadRetryMsMax);
            Arm(now.TicksMs + waitMs, now);
        }
    }

    private void RetryLoad()
    {
        if (State == ShardState.Failed && !log.IsOffline)
        {
            Reload();
        }
    }

    private void GiveUpWhenOffline()
    {
        if (log.IsOffline && State is ShardState.Active or ShardState.Loading)
        {
            CoordinationEvents.Offline(logger, name);
            Stop(ShardState.Failed, ErrorCode.CoordinatorNotAvailable);
        }
    }
}

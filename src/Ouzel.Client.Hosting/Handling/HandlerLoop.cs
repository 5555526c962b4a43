using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ouzel.Client.Hosting.Health;
using Ouzel.Protocol;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>
/// A handler's life in the host: reads as a member of its group, has records handled in their order, commits what is handled, begins anew after faults, and ends with the host. A fault is
/// logged and shows in the health check; it never ends the host.
/// </summary>
internal sealed class HandlerLoop : IHostedService, IAsyncDisposable
{
    /// <summary>Records that are taken from the consumer together.</summary>
    private const int BatchRecordsMax = 100;

    /// <summary>
    /// A partition whose window is full is waited for so long before it is paused: when others wait to be read, and when none has room. A pause drops what was read ahead, but lets the
    /// others and the group's rebalances go on.
    /// </summary>
    private static readonly TimeSpan PauseAfter = TimeSpan.FromMilliseconds(20), PauseAfterMax = TimeSpan.FromSeconds(1);

    /// <summary>Between a fault and the next attempt to read: the first wait, and the longest.</summary>
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1), RestartAfterMax = TimeSpan.FromSeconds(30);

    /// <summary>The time that cancelled records have to end before they are left alone.</summary>
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(2);

    /// <summary>The last commit before a partition goes takes at most so long: the group, or the host, waits for it.</summary>
    private static readonly TimeSpan LastCommitMax = TimeSpan.FromSeconds(15);

    private readonly OuzelClient _client;
    private readonly HandlerRules _rules;
    private readonly OuzelConsumerOptions _options;
    private readonly RecordAttempts _attempts;
    private readonly RecordWindow _window;
    private readonly DeadLetters? _letters;
    private readonly HandlerHealth _health;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public HandlerLoop(OuzelClient client, HandlerRules rules, OuzelOptions options, IRecordWork work, HandlerHealth health, TimeProvider clock, ILoggerFactory loggers)
    {
        (_client, _rules, _options, _health, _clock) = (client, rules, options.Consumer, health, clock);
        _logger = loggers.CreateLogger<HandlerLoop>();
        _letters = rules.DeadLetterTopic is { } topic ? new DeadLetters(client, ClientSettings.DeadLetters(options.Producer), topic, rules.Group) : null;
        _attempts = new RecordAttempts(rules, work, _letters, health, clock, _logger);
        _window = new RecordWindow(rules.WindowMax, rules.IsOrderedByKey);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Start(RunAsync);
        return Task.CompletedTask;
    }

    /// <summary>Begins no more records, waits for those that have been begun, commits, leaves the group.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _window.Stop();
        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            HostingEvents.StoppedLate(_logger, _rules.Group);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_letters is not null)
        {
            await _letters.DisposeAsync();
        }
    }

    private static Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();

    private async Task RunAsync()
    {
        try
        {
            for (var wait = RestartAfter; ; wait = wait * 2 > RestartAfterMax ? RestartAfterMax : wait * 2)
            {
                var fault = await ReadAsync();
                wait = _health.HasReadSinceFault ? RestartAfter : wait;
                HostingEvents.ReadingFailed(_logger, fault, _rules.Group, (long)wait.TotalMilliseconds);
                _health.OnReadFault(fault);
                await Task.Delay(wait, _clock, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Reads until the host stops, which is an <see cref="OperationCanceledException"/>, or something goes wrong.</summary>
    /// <returns>What went wrong.</returns>
    private async Task<Exception> ReadAsync()
    {
        using var reading = new Reading(this);
        try
        {
            await ReadAsync(reading);
            return reading.Fault ?? new InvalidOperationException("The consumer was closed by somebody else.");
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            return reading.Fault ?? fault;
        }
    }

    private async Task ReadAsync(Reading reading)
    {
        await using var consumer = _client.CreateConsumer<byte[], byte[]>(_rules.Group, _rules.Topics, ClientSettings.Consumer(_options, _rules.Start, reading.OnRebalanceAsync));
        reading.Consumer = consumer;
        using var ended = new CancellationTokenSource();
        var committing = Start(() => CommitAtIntervalsAsync(consumer, ended.Token));
        try
        {
            await foreach (var batch in consumer.ReadBatchesAsync(Math.Min(BatchRecordsMax, _rules.WindowMax), reading.Token))
            {
                List<Record<byte[], byte[]>> records = [.. batch.Records.Select(static r => r.ToOwned())];
                if (!_window.TryAdd(batch.Partition, records, batch.NextOffset, out var begun))
                {
                    HostingEvents.BatchDropped(_logger, _rules.Group, batch.Partition, records.Count);
                    continue;
                }

                _health.OnRead();
                foreach (var record in begun)
                {
                    _ = Start(() => HandleAsync(record, reading));
                }

                await reading.MakeRoomAsync(batch.Partition);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await committing;
            await reading.DrainAsync();
        }
    }

    /// <summary>One record, then those that waited for it.</summary>
    private async Task HandleAsync(PendingRecord first, Reading reading)
    {
        for (var record = first; record is not null;)
        {
            var isHandled = false;
            try
            {
                await _attempts.HandleAsync(record.Raw, record.Progress.Cancel.Token);
                isHandled = true;
            }
            catch (OperationCanceledException)
            {
                HostingEvents.RecordCancelled(_logger, _rules.Group, record.Raw.Position);
                _health.OnEnded(record.Raw.Position);
            }
            catch (Exception fault)
            {
                // What deals with failures has failed: reading begins anew at what is committed.
                HostingEvents.RecordAbandoned(_logger, fault, _rules.Group, record.Raw.Position);
                reading.Fail(fault);
            }

            var partition = record.Progress.Partition;
            record = _window.End(record, isHandled);
            reading.ResumeIfRoom(partition);
        }
    }

    /// <summary>Waits for what runs of partitions that were closed, cancels it when it takes too long, and commits what is handled.</summary>
    private async Task FinishAsync(Consumer<byte[], byte[]> consumer, List<PartitionProgress> partitions, bool isLost)
    {
        var idle = Task.WhenAll(partitions.Select(static p => p.Idle));
        if (isLost || !await EndsWithinAsync(idle, _rules.DrainTimeout))
        {
            foreach (var partition in partitions)
            {
                await partition.Cancel.CancelAsync();
            }

            if (!isLost && !await EndsWithinAsync(idle, CancelGrace))
            {
                HostingEvents.HandlerHangs(_logger, _rules.Group, (long)(_rules.DrainTimeout + CancelGrace).TotalMilliseconds);
            }
        }

        if (!isLost)
        {
            using var late = new CancellationTokenSource(LastCommitMax, _clock);
            await CommitAsync(consumer, _window.CommittableOf(partitions), late.Token);
        }
    }

    private async Task<bool> EndsWithinAsync(Task idle, TimeSpan time)
    {
        try
        {
            await idle.WaitAsync(time, _clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task CommitAtIntervalsAsync(Consumer<byte[], byte[]> consumer, CancellationToken ended)
    {
        var interval = TimeSpan.FromMilliseconds(_options.CommitIntervalMs ?? ClientSettings.CommitIntervalMsDefault);
        try
        {
            while (true)
            {
                await Task.Delay(interval, _clock, ended);
                await CommitAsync(consumer, _window.Committable(), ended);
            }
        }
        catch (OperationCanceledException)
        {
            // Reading has ended, which commits by itself.
        }
    }

    private async Task CommitAsync(Consumer<byte[], byte[]> consumer, List<(PartitionProgress Progress, TopicPartitionOffset Offset)> handled, CancellationToken cancellation)
    {
        if (handled.Count == 0)
        {
            return;
        }

        try
        {
            await consumer.CommitAsync([.. handled.Select(static h => h.Offset)], cancellation);
            _window.OnCommitted(handled);
        }
        catch (Exception fault) when (fault is KafkaException or ObjectDisposedException or OperationCanceledException)
        {
            HostingEvents.CommitFailed(_logger, _rules.Group, fault.Message);
        }
    }

    /// <summary>The handler as a member of its group, from one fault to the next.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly HandlerLoop _owner;
        private readonly Lock _gate = new();
        private readonly HashSet<TopicPartition> _paused = [];
        private readonly CancellationTokenSource _end;
        private Exception? _fault;
        private Task _drain = Task.CompletedTask;
        private bool _isEnded;
        private bool _isDisposed;

        public Reading(HandlerLoop owner)
        {
            _owner = owner;
            _end = CancellationTokenSource.CreateLinkedTokenSource(owner._stop.Token);
            Token = _end.Token;
        }

        /// <summary>Ends the reading.</summary>
        public CancellationToken Token { get; }

        /// <summary>The reason why a record could not be brought to an end.</summary>
        public Exception? Fault => Volatile.Read(ref _fault);

        public Consumer<byte[], byte[]>? Consumer { get; set; }

        public async ValueTask OnRebalanceAsync(RebalanceEvent change, CancellationToken cancellation)
        {
            switch (change.Kind)
            {
                case RebalanceKind.Assigned:
                    _owner._health.OnAssigned();
                    Open(change.Partitions);
                    break;
                case RebalanceKind.Revoked:
                    // Whoever gets them next must not begin before what runs of them has ended, whoever waits for that: this call, or the reading's end.
                    await FinishAsync(() => Close(change.Partitions));
                    break;
                default:
                    await _owner.FinishAsync(Consumer!, Close(change.Partitions), isLost: true);
                    break;
            }
        }

        /// <summary>The reading has ended: ends when nothing runs of its partitions, and of those that a rebalance takes away, and what is handled is committed.</summary>
        public Task DrainAsync() => FinishAsync(() =>
        {
            _isEnded = true;
            _paused.Clear();
            return _owner._window.CloseAll();
        });

        /// <summary>Ends the reading because a record could not be brought to an end.</summary>
        public void Fail(Exception fault)
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
            lock (_gate)
            {
                if (!_isDisposed)
                {
                    _end.Cancel();
                }
            }
        }

        /// <summary>Records of it may still end, and fail, later.</summary>
        public void Dispose()
        {
            lock (_gate)
            {
                _isDisposed = true;
                _end.Dispose();
            }
        }

        /// <summary>Ends when the partition has room for another batch, or is paused until half of its window is free.</summary>
        public async Task MakeRoomAsync(TopicPartition partition)
        {
            // Room of another partition ends the wait as well; none of them is read meanwhile, so each does it once.
            Task room;
            do
            {
                room = _owner._window.NextRoom;
                if (!_owner._window.IsFull(partition))
                {
                    return;
                }
            }
            while (await _owner.EndsWithinAsync(room, _owner._window.AreAllFull ? PauseAfterMax : PauseAfter));

            lock (_gate)
            {
                // It may have got room, or be gone, since.
                if (_owner._window.IsFull(partition) && _paused.Add(partition))
                {
                    Change(partition, static (consumer, p) => consumer.Pause(p));
                }
            }
        }

        public void ResumeIfRoom(TopicPartition partition)
        {
            lock (_gate)
            {
                if (_paused.Contains(partition) && _owner._window.IsHalfFree(partition))
                {
                    _paused.Remove(partition);
                    Change(partition, static (consumer, p) => consumer.Resume(p));
                }
            }
        }

        private void Open(IReadOnlyList<TopicPartition> partitions)
        {
            lock (_gate)
            {
                if (!_isEnded)
                {
                    _owner._window.Open(partitions);
                }
            }
        }

        /// <summary>A partition that comes back is not paused.</summary>
        private List<PartitionProgress> Close(IReadOnlyList<TopicPartition> partitions)
        {
            lock (_gate)
            {
                _paused.ExceptWith(partitions);
                return _owner._window.Close(partitions);
            }
        }

        /// <summary>Closes partitions and has them finished, beside what is being finished already; ends when both are.</summary>
        private Task FinishAsync(Func<List<PartitionProgress>> close)
        {
            lock (_gate)
            {
                var closed = close();
                return _drain = BothAsync(_drain, Start(() => _owner.FinishAsync(Consumer!, closed, isLost: false)));
            }
        }

        private static async Task BothAsync(Task before, Task now)
        {
            // A fault of the one before is its own caller's.
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await now;
        }

        private void Change(TopicPartition partition, Action<Consumer<byte[], byte[]>, TopicPartition> change)
        {
            try
            {
                change(Consumer!, partition);
            }
            catch (InvalidOperationException)
            {
                HostingEvents.PartitionGone(_owner._logger, _owner._rules.Group, partition);
            }
        }
    }
}

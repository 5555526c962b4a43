using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Metadata;

/// <summary>
/// Keeps the picture of the cluster. Whoever waits for a refresh shares it with all who asked before it began; errors that tell of an old picture ask for
/// one by <see cref="RequestRefresh"/>, age does on the next look. Any broker may be asked: connected ones first, then the others, then the bootstrap list.
/// </summary>
/// <param name="source">Asks a broker.</param>
/// <param name="options">Times.</param>
/// <param name="world">Clock, chance, threads, log.</param>
internal sealed class MetadataCache(IMetadataSource source, MetadataOptions options, ClientSurroundings world) : IAsyncDisposable
{
    private readonly ILogger _logger = world.Loggers.CreateLogger<MetadataCache>();
    private readonly TopicInterests _interests = new(options.IdleMs);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private ClusterMetadata _current = ClusterMetadata.Empty;
    private TaskCompletionSource? _next;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private long _refreshedMs = long.MinValue / 2;
    private long _attemptedMs = long.MinValue / 2;

    /// <summary>The latest picture. Looking at one that is too old asks for a new one.</summary>
    public ClusterMetadata Current
    {
        get
        {
            if (world.NowMs - Volatile.Read(ref _refreshedMs) > options.MaxAgeMs)
            {
                RequestRefresh();
            }

            return Volatile.Read(ref _current);
        }
    }

    /// <summary>Ends when the picture is replaced the next time. Take it before looking at <see cref="Current"/>, or a change between is missed.</summary>
    public Task NextChange
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Says that a topic is used now, so that refreshes ask for it.</summary>
    public void Use(string topic, bool mayCreate) => _interests.Add(topic, mayCreate, world.NowMs);

    /// <summary>The topic when it is known and usable, asked for if need be, tried again until it appears or <paramref name="timeoutMs"/> is over.</summary>
    /// <exception cref="KafkaException">It did not appear; the error is the last one that a broker gave.</exception>
    public async ValueTask<TopicMetadata> TopicAsync(string topic, bool mayCreate, int timeoutMs, CancellationToken cancellation)
    {
        Use(topic, mayCreate);
        if (Current.Topics.TryGetValue(topic, out var known) && known.Error == ErrorCode.None)
        {
            return known;
        }

        var endMs = world.NowMs + timeoutMs;
        for (var failures = 0; ; failures++)
        {
            KafkaException? fault = null;
            try
            {
                await RefreshAsync().WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, endMs - world.NowMs)), world.Clock, cancellation);
            }
            catch (TimeoutException)
            {
                fault = new KafkaException(ErrorCode.RequestTimedOut, $"No broker told of topic {topic} in time") { Topic = topic };
            }
            catch (KafkaException unreachable)
            {
                fault = unreachable;
            }

            var error = ErrorCode.UnknownTopicOrPartition;
            if (Volatile.Read(ref _current).Topics.TryGetValue(topic, out known))
            {
                if (known.Error == ErrorCode.None)
                {
                    return known;
                }

                error = known.Error;
            }

            var waitMs = options.Retry.DelayMs(failures + 1, world.Chance());
            if (!error.IsRetriable() || world.NowMs + waitMs >= endMs)
            {
                throw fault ?? new KafkaException(error, $"Topic {topic} cannot be used") { Topic = topic };
            }

            await world.Delay(waitMs, cancellation);
        }
    }

    /// <summary>A new picture; ends when it is there.</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task RefreshAsync()
    {
        lock (_gate)
        {
            _stop.Token.ThrowIfCancellationRequested();
            _next ??= NewRound();
            if (_running.IsCompleted)
            {
                _running = world.Start(RunAsync);
            }

            return _next.Task;
        }
    }

    /// <summary>A new picture soon, unless one was tried for a moment ago. Nobody waits; a failure shows in the log.</summary>
    public void RequestRefresh()
    {
        if (_stop.IsCancellationRequested || world.NowMs - Volatile.Read(ref _attemptedMs) < options.Retry.FirstMs)
        {
            return;
        }

        _ = RefreshAsync();
    }

    /// <summary>Takes in a leader that came with an error.</summary>
    public void OnLeader(TopicPartition partition, int leaderId, int leaderEpoch)
    {
        lock (_gate)
        {
            Replace(_current.WithLeader(partition, leaderId, leaderEpoch));
        }
    }

    /// <summary>Ends refreshes; whoever waits for one is told.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task running;
        lock (_gate)
        {
            running = _running;
        }

        await running;
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (TakeRound() is { } round)
        {
            try
            {
                await RefreshOnceAsync();
                failures = 0;
                round.SetResult();
            }
            catch (OperationCanceledException)
            {
                round.SetException(new KafkaException(ErrorCode.NetworkException, "The client was closed"));
            }
            catch (Exception fault)
            {
                var told = fault as KafkaException ?? new KafkaException(ErrorCode.UnknownServerError, $"The cluster's metadata could not be read: {fault.Message}", fault);
                ClientEvents.MetadataNotRefreshed(_logger, told.Message);
                round.SetException(told);
                await PauseAsync(++failures);
            }
        }
    }

    private async Task RefreshOnceAsync()
    {
        Volatile.Write(ref _attemptedMs, world.NowMs);
        var (mayCreate, others) = _interests.Current(world.NowMs);
        if (mayCreate.Count > 0)
        {
            await AskAsync(mayCreate, mayCreate: true);
        }

        if (others.Count > 0 || mayCreate.Count == 0)
        {
            await AskAsync(others, mayCreate: false);
        }

        Volatile.Write(ref _refreshedMs, world.NowMs);
    }

    private async Task AskAsync(List<string> topics, bool mayCreate)
    {
        var request = new MetadataRequest { Topics = [.. topics.Select(t => new MetadataRequest.MetadataRequestTopic { Name = t })], AllowAutoTopicCreation = mayCreate };
        var response = await source.AskAsync(Volatile.Read(ref _current), request, _stop.Token);
        lock (_gate)
        {
            Replace(_current.With(response, _interests.Contains));
        }
    }

    /// <summary>Called under the lock.</summary>
    private void Replace(ClusterMetadata next)
    {
        if (ReferenceEquals(next, _current))
        {
            return;
        }

        Volatile.Write(ref _current, next);
        source.OnBrokers(next);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private TaskCompletionSource? TakeRound()
    {
        lock (_gate)
        {
            var round = _next;
            _next = null;
            if (round is null)
            {
                // Said here, under the lock: a round that is asked for from now on starts a loop of its own.
                _running = Task.CompletedTask;
            }

            return round;
        }
    }

    private async Task PauseAsync(int failures)
    {
        try
        {
            await world.Delay(options.Retry.DelayMs(failures, world.Chance()), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Closing: the next round says so to whoever waits for it.
        }
    }

    private static TaskCompletionSource NewRound()
    {
        var round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = round.Task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return round;
    }
}

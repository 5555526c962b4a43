using System.Collections.Concurrent;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Consuming.Support;

/// <summary>A consumer that reads in a loop of its own until it is disposed, and what it was told.</summary>
internal sealed class GroupMember : IAsyncDisposable
{
    private readonly SemaphoreSlim _told = new(0);
    private readonly Task _loop;

    /// <param name="client">Its client, disposed with it when <paramref name="ownsClient"/>.</param>
    /// <param name="options">Without OnRebalance.</param>
    /// <param name="handle">For each batch.</param>
    /// <param name="group">Group.</param>
    /// <param name="topics">Topics.</param>
    public GroupMember(OuzelClient client, ConsumerOptions options, Func<ConsumerBatch<string, string>, Task>? handle = null, string group = "g", string[]? topics = null)
    {
        Consumer = client.CreateConsumer<string, string>(group, topics ?? ["t"], With(options, OnRebalance));
        _loop = RunAsync(handle ?? (static _ => Task.CompletedTask));
    }

    public Consumer<string, string> Consumer { get; }

    public ConcurrentQueue<RebalanceEvent> Events { get; } = new();

    public ConcurrentQueue<string> Values { get; } = new();

    /// <summary>The fault that ended its loop.</summary>
    public Exception? Fault { get; private set; }

    public Task Ended => _loop;

    /// <summary>Waits until what it has and was told fits.</summary>
    public async Task UntilAsync(Func<GroupMember, bool> fits)
    {
        while (!fits(this))
        {
            await _told.WaitAsync();
        }
    }

    public Task HasAsync(int partitions) => UntilAsync(m => m.Consumer.Assignment.Count == partitions && m.Events.LastOrDefault()?.Kind == RebalanceKind.Assigned);

    public async ValueTask DisposeAsync()
    {
        await Consumer.DisposeAsync();
        await _loop;
    }

    private ValueTask OnRebalance(RebalanceEvent change, CancellationToken cancellation)
    {
        Events.Enqueue(change);
        _told.Release();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(Func<ConsumerBatch<string, string>, Task> handle)
    {
        try
        {
            await foreach (var batch in Consumer.ReadBatchesAsync(maxRecords: 10))
            {
                foreach (var record in batch.Records)
                {
                    Values.Enqueue(record.Value!);
                }

                _told.Release();
                await handle(batch);
                _told.Release();
            }
        }
        catch (Exception fault)
        {
            Fault = fault;
        }

        _told.Release();
    }

    private static ConsumerOptions With(ConsumerOptions options, Func<RebalanceEvent, CancellationToken, ValueTask> tell) => new()
    {
        GroupInstanceId = options.GroupInstanceId,
        Assignors = options.Assignors,
        SessionTimeoutMs = options.SessionTimeoutMs,
        HeartbeatIntervalMs = options.HeartbeatIntervalMs,
        MaxPollIntervalMs = options.MaxPollIntervalMs,
        AutoCommit = options.AutoCommit,
        AutoCommitIntervalMs = options.AutoCommitIntervalMs,
        OffsetReset = options.OffsetReset,
        OnRebalance = tell,
    };
}

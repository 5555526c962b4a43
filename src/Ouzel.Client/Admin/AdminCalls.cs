using Ouzel.Client.Connections;
using Ouzel.Protocol;

namespace Ouzel.Client.Admin;

/// <summary>A request in the version that its connection speaks.</summary>
internal delegate IKafkaRequest<TResponse> MakeRequest<TResponse>(short version)
    where TResponse : class, IKafkaResponse, new();

/// <summary>Finds the broker that decides and tries again: what all administrative calls share.</summary>
/// <param name="client">Connections, metadata, coordinators.</param>
internal sealed class AdminCalls(OuzelClient client)
{
    /// <summary>A topic made a moment ago may not be known everywhere yet: so often it is looked for again.</summary>
    private const int UnknownTriesMax = 3;

    public int TimeoutMs => client.Options.RequestTimeoutMs;

    /// <summary>Asks some broker.</summary>
    /// <param name="make">The request, for the connection's version.</param>
    /// <param name="errorOf">An error that another attempt may mend; None when the response shall be returned.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    public Task<TResponse> AnyAsync<TResponse>(MakeRequest<TResponse> make, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new() =>
        RetryAsync(client.AnyBrokerAsync, make, errorOf, _ => Task.CompletedTask, cancellation);

    /// <summary>Asks a broker by its id.</summary>
    public Task<TResponse> BrokerAsync<TResponse>(int brokerId, MakeRequest<TResponse> make, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new() =>
        RetryAsync(token => client.Pool.OpenAsync(brokerId, client.Pool.General, token), make, _ => ErrorCode.None, RefreshAsync, cancellation);

    /// <summary>Asks the controller, or the broker that stands for it.</summary>
    public Task<TResponse> ControllerAsync<TResponse>(MakeRequest<TResponse> make, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new() =>
        RetryAsync(ControllerAsync, make, errorOf, RefreshAsync, cancellation);

    /// <summary>Asks a group's coordinator.</summary>
    public Task<TResponse> CoordinatorAsync<TResponse>(
        string group, MakeRequest<TResponse> make, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation, short highest = short.MaxValue)
        where TResponse : class, IKafkaResponse, new() =>
        RetryAsync(
            async token => await client.Pool.OpenAsync(await client.Coordinators.FindAsync(CoordinatorKind.Group, group, token), client.Pool.General, token),
            make, errorOf,
            _ =>
            {
                client.Coordinators.Forget(CoordinatorKind.Group, group);
                return Task.CompletedTask;
            },
            cancellation, highest);

    /// <summary>Asks the leaders of partitions, each for its own; what a leader does not lead any more is asked of the next.</summary>
    /// <param name="partitions">Partitions.</param>
    /// <param name="call">Asks one leader.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    public async Task<IReadOnlyDictionary<TopicPartition, ItemResult<T>>> LeadersAsync<T>(
        IEnumerable<TopicPartition> partitions, Func<Connection, List<TopicPartition>, Task<List<KeyValuePair<TopicPartition, ItemResult<T>>>>> call, CancellationToken cancellation)
    {
        var endMs = client.World.NowMs + client.Options.ApiTimeoutMs;
        var results = new Dictionary<TopicPartition, ItemResult<T>>();
        HashSet<TopicPartition> left = [.. partitions];
        foreach (var topic in left.Select(p => p.Topic).Distinct())
        {
            client.Metadata.Use(topic, mayCreate: false);
        }

        for (var tries = 1; left.Count > 0; tries++)
        {
            cancellation.ThrowIfCancellationRequested();
            await ResolveAsync(left, results, tries, cancellation);
            foreach (var ofLeader in left.Where(p => LeaderOf(p) >= 0).GroupBy(LeaderOf).ToArray())
            {
                foreach (var (partition, result) in await AskLeaderAsync(ofLeader.Key, [.. ofLeader], call, cancellation))
                {
                    results[partition] = result;
                }
            }

            var isOver = client.World.NowMs >= endMs;
            left.RemoveWhere(p => results.TryGetValue(p, out var result) && (isOver || !Moved(result.Error) || (result.Error == ErrorCode.UnknownTopicOrPartition && tries >= UnknownTriesMax)));
            if (left.Count > 0)
            {
                await client.World.Delay(client.Options.Retry.DelayMs(tries, client.World.Chance()), cancellation);
                await RefreshQuietlyAsync();
            }
        }

        return results;
    }

    private int LeaderOf(TopicPartition partition) => client.Metadata.Current.Partition(partition)?.LeaderId ?? -1;

    /// <summary>Looks partitions up; those without a leader get that as their result, for now.</summary>
    private async Task ResolveAsync<T>(HashSet<TopicPartition> left, Dictionary<TopicPartition, ItemResult<T>> results, int tries, CancellationToken cancellation)
    {
        if (tries == 1 && left.Any(p => LeaderOf(p) < 0))
        {
            await client.Metadata.RefreshAsync().WaitAsync(cancellation);
        }

        foreach (var partition in left.Where(p => LeaderOf(p) < 0))
        {
            var isKnown = client.Metadata.Current.Partition(partition) is not null;
            results[partition] = new ItemResult<T>(isKnown ? ErrorCode.LeaderNotAvailable : ErrorCode.UnknownTopicOrPartition, null, default);
        }
    }

    private async Task<List<KeyValuePair<TopicPartition, ItemResult<T>>>> AskLeaderAsync<T>(
        int leader, List<TopicPartition> partitions, Func<Connection, List<TopicPartition>, Task<List<KeyValuePair<TopicPartition, ItemResult<T>>>>> call, CancellationToken cancellation)
    {
        try
        {
            return await call(await client.Pool.OpenAsync(leader, client.Pool.General, cancellation), partitions);
        }
        catch (KafkaException fault)
        {
            return [.. partitions.Select(p => KeyValuePair.Create(p, new ItemResult<T>(fault.Error, fault.Message, default)))];
        }
    }

    private static bool Moved(ErrorCode error) => error.IsRetriable() || error is ErrorCode.BrokerNotAvailable;

    private async ValueTask<Connection> ControllerAsync(CancellationToken cancellation)
    {
        var id = client.Metadata.Current.ControllerId;
        return id < 0 ? await client.AnyBrokerAsync(cancellation) : await client.Pool.OpenAsync(id, client.Pool.General, cancellation);
    }

    private async Task<TResponse> RetryAsync<TResponse>(
        Func<CancellationToken, ValueTask<Connection>> route, MakeRequest<TResponse> make, Func<TResponse, ErrorCode> errorOf,
        Func<CancellationToken, Task> beforeRetry, CancellationToken cancellation, short highest = short.MaxValue)
        where TResponse : class, IKafkaResponse, new()
    {
        var endMs = client.World.NowMs + client.Options.ApiTimeoutMs;
        for (var tries = 1; ; tries++)
        {
            TResponse? response = null;
            KafkaException? failed = null;
            try
            {
                var connection = await route(cancellation);
                var version = connection.Served.Choose<TResponse>(highest: highest);
                response = await connection.CallAsync(make(version), version, TimeoutMs, cancellation);
                if (!IsRouting(errorOf(response)))
                {
                    return response;
                }
            }
            catch (KafkaException fault) when (fault.IsRetriable)
            {
                failed = fault;
            }

            var waitMs = client.Options.Retry.DelayMs(tries, client.World.Chance());
            if (client.World.NowMs + waitMs >= endMs)
            {
                return response ?? throw failed!;
            }

            await client.World.Delay(waitMs, cancellation);
            await beforeRetry(cancellation);
        }
    }

    /// <summary>Errors that say "not here" or "not yet": nothing was done.</summary>
    private static bool IsRouting(ErrorCode error) => error is
        ErrorCode.NotController or ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.BrokerNotAvailable;

    private Task RefreshAsync(CancellationToken cancellation) => RefreshQuietlyAsync();

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await client.Metadata.RefreshAsync();
        }
        catch (KafkaException)
        {
            // It is in the log; the next attempt of the call itself says what the caller learns.
        }
    }
}

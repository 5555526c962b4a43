using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Client.Metadata;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>
/// Gives partitions positions and reads ahead of the application: one fetch at a time to each broker, as long as there is room for what may come.
/// <see cref="RunOnce"/> starts what is due; what comes of it ends in <see cref="ConsumerState"/> and wakes the loop.
/// </summary>
internal sealed partial class Fetcher : IAsyncDisposable
{
    /// <summary>The metadata keeps a topic that is used again within this time.</summary>
    private const int UseTopicsMs = 60_000;

    private readonly OuzelClient _client;
    private readonly ClientSurroundings _world;
    private readonly ConsumerState _state;
    private readonly ConsumerOptions _options;
    private readonly ICommittedOffsets? _committed;
    private readonly Lane _lane;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<int, BrokerFetches> _brokers = [];
    private readonly List<Task> _running = [];
    private Task _loop = Task.CompletedTask;
    private bool _isReadingCommitted;
    private long _usedTopicsMs = long.MinValue / 2;

    /// <param name="client">Connections and metadata.</param>
    /// <param name="state">Partitions and buffer.</param>
    /// <param name="options">How to read.</param>
    /// <param name="committed">Where partitions without a position begin; null when there is no group.</param>
    /// <param name="lane">Of the fetches.</param>
    public Fetcher(OuzelClient client, ConsumerState state, ConsumerOptions options, ICommittedOffsets? committed, Lane lane)
    {
        _client = client;
        _world = client.World;
        _state = state;
        _options = options;
        _committed = committed;
        _lane = lane;
        _logger = _world.Loggers.CreateLogger<Fetcher>();
    }

    public void Start() => _loop = _world.Start(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        Task[] running;
        lock (_state.Gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var work = _state.Work.Next;
            var nowMs = _world.NowMs;
            var dueMs = RunOnce(nowMs);
            await Wake.WaitAsync(work, dueMs == long.MaxValue ? long.MaxValue : dueMs - nowMs, _world, _stop.Token);
        }
    }

    /// <summary>Starts what is due.</summary>
    /// <returns>When to look again, at the latest.</returns>
    internal long RunOnce(long nowMs)
    {
        var cluster = _client.Metadata.Current;
        lock (_state.Gate)
        {
            _running.RemoveAll(t => t.IsCompleted);
            UseTopics(nowMs);
            var round = new Round(nowMs);
            foreach (var state in _state.Partitions.Values)
            {
                Consider(state, cluster, round);
            }

            if (round.Committed.Count > 0 && !_isReadingCommitted)
            {
                _isReadingCommitted = true;
                Run(() => ReadCommittedAsync(round.Committed));
            }

            foreach (var (id, work) in round.ByBroker)
            {
                Begin(id, work, round);
            }

            return round.DueMs;
        }
    }

    /// <summary>Decides what a partition needs now.</summary>
    private void Consider(PartitionState state, ClusterMetadata cluster, Round round)
    {
        if (state.IsHeld || state.IsRevoking || state.Fault is not null)
        {
            return;
        }

        if (state.RetryAtMs > round.NowMs)
        {
            round.Due(state.RetryAtMs);
            return;
        }

        if (state.Phase == PositionPhase.NeedsCommitted)
        {
            if (_committed is not null)
            {
                round.Committed.Add(state);
            }
            else
            {
                Reset(state, "nothing is committed without a group");
                round.Due(round.NowMs);
            }

            return;
        }

        if (state.Phase == PositionPhase.Reading && state.IsPaused)
        {
            return;
        }

        var leader = cluster.Partition(state.Partition);
        if (leader is null || leader.LeaderId < 0)
        {
            OnMissing(state, cluster, round);
            return;
        }

        if (state.ReplicaId >= 0 && (state.ReplicaUntilMs <= round.NowMs || !cluster.Brokers.ContainsKey(state.ReplicaId)))
        {
            state.ReadFromLeader();
        }

        var broker = state.Phase == PositionPhase.Reading && state.ReplicaId >= 0 ? state.ReplicaId : leader.LeaderId;
        var topicId = cluster.Topics[state.Partition.Topic].Id;
        round.Of(broker, state.Phase).Add(new FetchTarget(state, state.Version, new FetchItem(topicId, state.FetchOffset, leader.LeaderEpoch, state.FetchEpoch)));
    }

    private void OnMissing(PartitionState state, ClusterMetadata cluster, Round round)
    {
        var error = cluster.Topics.GetValueOrDefault(state.Partition.Topic)?.Error ?? ErrorCode.None;
        if (error is ErrorCode.TopicAuthorizationFailed or ErrorCode.InvalidTopicException)
        {
            state.Fault = PartitionFault(state, error, $"Partition {state.Partition} cannot be read");
            _state.Data.Set();
            return;
        }

        _client.Metadata.Use(state.Partition.Topic, mayCreate: false);
        _client.Metadata.RequestRefresh();
        Retry(state);
        round.Due(state.RetryAtMs);
    }

    private void Begin(int id, BrokerRound work, Round round)
    {
        if (!_brokers.TryGetValue(id, out var broker))
        {
            _brokers[id] = broker = new BrokerFetches(id);
        }

        if (broker.RetryAtMs > round.NowMs)
        {
            round.Due(broker.RetryAtMs);
            return;
        }

        if (work.Lookups.Count > 0 && !broker.IsLookingUp)
        {
            broker.IsLookingUp = true;
            Run(() => LookUpAsync(broker, work.Lookups));
        }

        var roomBytes = _options.PrefetchMaxBytes - _state.BufferedBytes - _state.ReservedBytes;
        if (work.Fetches.Count > 0 && !broker.IsFetching && roomBytes > 0)
        {
            var maxBytes = (int)Math.Min(roomBytes, _options.FetchMaxBytes);
            broker.IsFetching = true;
            _state.ReservedBytes += maxBytes;
            Run(() => FetchAsync(broker, work.Fetches, maxBytes));
        }
    }

    /// <summary>Called under the gate.</summary>
    private void Run(Func<Task> work) => _running.Add(_world.Start(work));

    private void UseTopics(long nowMs)
    {
        if (nowMs - _usedTopicsMs < UseTopicsMs)
        {
            return;
        }

        _usedTopicsMs = nowMs;
        foreach (var topic in _state.Partitions.Keys.Select(p => p.Topic).Distinct())
        {
            _client.Metadata.Use(topic, mayCreate: false);
        }
    }

    /// <summary>Tries the partition again after its back-off. Called under the gate.</summary>
    private void Retry(PartitionState state) => state.OnFailed(_world.NowMs + _client.Options.Retry.DelayMs(state.Failures + 1, _world.Chance()));

    /// <summary>Begins where the options say, or says that they do not say. Called under the gate.</summary>
    private void Reset(PartitionState state, string why)
    {
        if (_options.OffsetReset.IsNone)
        {
            state.Fault = PartitionFault(state, ErrorCode.OffsetOutOfRange, $"Partition {state.Partition} has no position ({why}) and OffsetReset is None: Seek to where reading shall begin");
            _state.Data.Set();
            return;
        }

        ClientEvents.PositionReset(_logger, state.Partition, why, _options.OffsetReset);
        state.SeekTo(_options.OffsetReset);
        _state.Drop(state);
    }

    private static KafkaException PartitionFault(PartitionState state, ErrorCode error, string what) =>
        new(error, what) { Topic = state.Partition.Topic, Partition = state.Partition.Partition };

    /// <summary>True when what was asked for is still wanted. Called under the gate.</summary>
    private static bool IsCurrent(in FetchTarget target) => !target.State.IsGone && target.State.Version == target.Version;

    /// <summary>The work that one look at the partitions found.</summary>
    private sealed class Round(long nowMs)
    {
        public long NowMs => nowMs;

        public long DueMs { get; private set; } = long.MaxValue;

        public List<PartitionState> Committed { get; } = [];

        public Dictionary<int, BrokerRound> ByBroker { get; } = [];

        public void Due(long atMs) => DueMs = Math.Min(DueMs, atMs);

        public List<FetchTarget> Of(int broker, PositionPhase phase)
        {
            if (!ByBroker.TryGetValue(broker, out var work))
            {
                ByBroker[broker] = work = new BrokerRound([], []);
            }

            return phase == PositionPhase.Reading ? work.Fetches : work.Lookups;
        }
    }

    private sealed record BrokerRound(List<FetchTarget> Fetches, List<FetchTarget> Lookups);
}

/// <summary>A partition in a request, as it was when the request was made.</summary>
internal readonly record struct FetchTarget(PartitionState State, int Version, FetchItem Item);

/// <summary>The fetches under way to one broker.</summary>
internal sealed class BrokerFetches(int id)
{
    public int Id => id;

    public FetchSession Session { get; } = new();

    public bool IsFetching { get; set; }

    public bool IsLookingUp { get; set; }

    public long RetryAtMs { get; set; } = long.MinValue;

    public int Failures { get; set; }

    /// <summary>Decoded into again and again; null when a response may still be decoded into the one before.</summary>
    public FetchResponse? Reused { get; set; }
}

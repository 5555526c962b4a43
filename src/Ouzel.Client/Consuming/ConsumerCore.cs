using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Client.Consuming.Fetching;
using Ouzel.Client.Consuming.Groups;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming;

/// <summary>
/// A consumer without the types of its keys and values: hands records to the application, one window at a time, and keeps account of what is in its hands, what it
/// has finished with and what is committed.
/// </summary>
internal sealed partial class ConsumerCore : IAsyncDisposable
{
    private readonly OuzelClient _client;
    private readonly ClientSurroundings _world;
    private readonly ConsumerOptions _options;
    private readonly ConsumerState _state = new();
    private readonly Lane _fetches;
    private readonly Fetcher _fetcher;
    private readonly GroupLink? _link;
    private readonly GroupOffsets? _offsets;
    private readonly IGroupMembership? _membership;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _committing = new(1);
    private readonly SemaphoreSlim _telling = new(1);
    private readonly Wake _idle = new();
    private readonly RecordBlock _block = new();
    private readonly Task _autoCommits = Task.CompletedTask;
    private PartitionState? _inHand;
    private PartitionState? _last;
    private long _progress;
    private bool _isWaiting;
    private bool _isReading;
    private int _isDisposed;

    /// <param name="client">Connections and metadata.</param>
    /// <param name="groupId">Null for a consumer that commits nothing.</param>
    /// <param name="topics">Subscribed to; null when partitions are assigned by hand.</param>
    /// <param name="options">How to read.</param>
    public ConsumerCore(OuzelClient client, string? groupId, IReadOnlyList<string>? topics, ConsumerOptions options)
    {
        _client = client;
        _world = client.World;
        _options = options;
        _logger = _world.Loggers.CreateLogger<ConsumerCore>();
        _fetches = new Lane($"fetch of {groupId ?? "a consumer without group"}");
        if (groupId is not null)
        {
            _link = new GroupLink(client, groupId, topics is null ? null : options.GroupInstanceId);
            _offsets = new GroupOffsets(client, _link);
            _membership = topics is null ? null : new ClassicMembership(client, options, topics, _link, this);
        }

        _fetcher = new Fetcher(client, _state, options, _offsets, _fetches);
        _fetcher.Start();
        if (options.AutoCommit && _offsets is not null)
        {
            _autoCommits = _world.Start(AutoCommitAsync);
        }
    }

    public string? GroupId => _link?.GroupId;

    public MemberIdentity Identity => _membership?.Identity ?? MemberIdentity.None;

    /// <summary>The records of the last window.</summary>
    public RecordBlock Block => _block;

    /// <summary>Takes the place of the one reader.</summary>
    public void BeginReading()
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        lock (_state.Gate)
        {
            if (_isReading)
            {
                throw new InvalidOperationException("This consumer is being read already: one enumeration at a time.");
            }

            _isReading = true;
        }
    }

    /// <summary>The reader stopped. What it had last is not finished until it says so, or goes on reading.</summary>
    public void EndReading()
    {
        lock (_state.Gate)
        {
            (_isReading, _isWaiting, _inHand) = (false, false, null);
            _progress++;
            if (_state.IsClosed)
            {
                FreeBlock();
            }
        }

        _idle.Set();
    }

    /// <summary>The next records of some partition; null when the consumer is closed. Says that the application has finished with those before.</summary>
    /// <param name="recordsMax">The most.</param>
    /// <param name="oneByOne">Whether each record is announced by <see cref="TryStep"/>; otherwise all are in the application's hands at once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<DeliveredWindow?> NextAsync(int recordsMax, bool oneByOne, CancellationToken cancellation)
    {
        OnReturned();
        while (true)
        {
            var data = _state.Data.Next;
            cancellation.ThrowIfCancellationRequested();
            if (TryTake(recordsMax, oneByOne, out var isClosed) is { } window)
            {
                return window;
            }

            if (isClosed)
            {
                return null;
            }

            await data.WaitAsync(cancellation);
        }
    }

    /// <summary>Gives one record of the window to the application, which has finished with the one before; false when the rest of the window is not for it any more.</summary>
    public bool TryStep(in DeliveredWindow window, int index)
    {
        lock (_state.Gate)
        {
            _progress++;
            var state = window.State;
            if (index > window.Start)
            {
                state.OnHandled();
            }

            if (_state.IsClosed || !IsDeliverable(_block.Chunk))
            {
                return false;
            }

            var (nextOffset, leaderEpoch) = EndOf(index + 1);
            state.OnDelivered(nextOffset, leaderEpoch);
            _block.At = index + 1;
            return true;
        }
    }

    private void OnReturned()
    {
        lock (_state.Gate)
        {
            _progress++;
            _last?.OnHandled();
            _inHand = null;
        }

        _idle.Set();
        _membership?.OnApplicationReads();
    }

    private DeliveredWindow? TryTake(int recordsMax, bool oneByOne, out bool isClosed)
    {
        while (true)
        {
            long offsetMin;
            lock (_state.Gate)
            {
                isClosed = _state.IsClosed;
                if (isClosed)
                {
                    return null;
                }

                ThrowFault();
                if (!TryPick())
                {
                    return null;
                }

                offsetMin = _inHand!.Position;
            }

            TakeApart(recordsMax, offsetMin);
            lock (_state.Gate)
            {
                if (TryDeliver(recordsMax, oneByOne) is { } window)
                {
                    return window;
                }

                FreeBlock();
                _inHand = null;
            }

            _idle.Set();
        }
    }

    /// <summary>Finds the chunk to deliver from. Called under the gate.</summary>
    private bool TryPick()
    {
        if (_block.Chunk is not null && !IsDeliverable(_block.Chunk))
        {
            FreeBlock();
        }

        if (_block.Chunk is null)
        {
            if (_state.TakeChunk() is not { } chunk)
            {
                if (_state.TakePartitionFault() is { } fault)
                {
                    throw fault;
                }

                _isWaiting = true;
                return false;
            }

            _block.Begin(chunk);
        }

        _inHand = _block.Chunk!.State;
        _isWaiting = false;
        return true;
    }

    /// <summary>Unpacks and finds records, outside of the gate: the partition is in hand meanwhile, so that nobody takes it away.</summary>
    private void TakeApart(int recordsMax, long offsetMin)
    {
        if (_block.At < _block.Count)
        {
            return;
        }

        _block.Restart();
        try
        {
            _block.Fill(recordsMax, offsetMin, _options.CheckCrcs);
        }
        catch
        {
            lock (_state.Gate)
            {
                var state = _inHand!;
                if (_block.Chunk!.IsCurrent)
                {
                    state.DropFetched();
                }

                FreeBlock();
                _state.Drop(state);
                _inHand = null;
            }

            _idle.Set();
            throw;
        }
    }

    /// <summary>Called under the gate.</summary>
    private DeliveredWindow? TryDeliver(int recordsMax, bool oneByOne)
    {
        var state = _inHand!;
        if (_state.IsClosed || !IsDeliverable(_block.Chunk))
        {
            return null;
        }

        if (_block.Count == 0)
        {
            if (_block.NextOffset >= 0)
            {
                state.OnSkipped(Math.Max(_block.NextOffset, state.Position), _block.NextEpoch);
            }

            return null;
        }

        var start = _block.At;
        var end = start + Math.Min(recordsMax, _block.Count - start);
        var (nextOffset, leaderEpoch) = EndOf(end);
        if (!oneByOne)
        {
            state.OnDelivered(nextOffset, leaderEpoch);
            _block.At = end;
        }

        _last = state;
        return new DeliveredWindow(state, start, end, nextOffset, leaderEpoch);
    }

    /// <summary>The position behind a record: behind the whole batch when it is the last, for markers and gaps may follow it.</summary>
    private (long NextOffset, int LeaderEpoch) EndOf(int end)
    {
        ref readonly var last = ref _block.Slot(end - 1);
        return end == _block.Count ? (_block.NextOffset, _block.NextEpoch) : (last.Offset + 1, last.LeaderEpoch);
    }

    private static bool IsDeliverable(FetchedChunk? chunk) => chunk is { IsCurrent: true, State: { IsPaused: false, IsRevoking: false, IsHeld: false } };

    /// <summary>Called under the gate.</summary>
    private void FreeBlock()
    {
        if (_block.End() is { } chunk)
        {
            _state.Free(chunk);
        }
    }

    /// <summary>Called under the gate.</summary>
    private void ThrowFault()
    {
        if (_state.Fault is { } fault)
        {
            _state.ForgetFault();
            ExceptionDispatchInfo.Throw(fault);
        }
    }
}

/// <summary>Records of the block that are given to the application together.</summary>
/// <param name="State">Their partition.</param>
/// <param name="Start">Index of the first.</param>
/// <param name="End">Index behind the last.</param>
/// <param name="NextOffset">Where reading goes on behind them.</param>
/// <param name="LeaderEpoch">Of the last.</param>
internal readonly record struct DeliveredWindow(PartitionState State, int Start, int End, long NextOffset, int LeaderEpoch);

using Ouzel.Client.Consuming.Fetching;
using Ouzel.Client.Consuming.Groups;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming;

/// <summary>Partitions come and go; the end.</summary>
internal sealed partial class ConsumerCore : IGroupOwner
{
    bool IGroupOwner.IsWaiting
    {
        get
        {
            lock (_state.Gate)
            {
                return _isWaiting;
            }
        }
    }

    long IGroupOwner.Progress
    {
        get
        {
            lock (_state.Gate)
            {
                return _progress;
            }
        }
    }

    /// <summary>Replaces the partitions of a consumer without membership.</summary>
    public async Task AssignAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        if (_membership is not null)
        {
            throw new InvalidOperationException("The group assigns the partitions of this consumer: make one without topics to assign them by hand.");
        }

        if (_options.AutoCommit && _offsets is not null)
        {
            await CommitHandledAsync(StatesOf(_ => true), isPersistent: false, cancellation);
        }

        Take(partitions);
    }

    /// <summary>Replaces the partitions, without a commit.</summary>
    public void Take(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_state.Gate)
        {
            foreach (var gone in _state.Partitions.Values.Where(s => !partitions.Contains(s.Partition)).ToArray())
            {
                _state.Remove(gone);
            }

            foreach (var added in partitions.Where(p => !_state.Partitions.ContainsKey(p)).ToArray())
            {
                _client.Metadata.Use(added.Topic, mayCreate: false);
                _state.Add(added);
            }
        }

        _state.Work.Set();
    }

    async Task IGroupOwner.RevokeAsync(IReadOnlyList<TopicPartition> partitions, int generation, string reason)
    {
        var states = StatesOf(partitions.Contains);
        lock (_state.Gate)
        {
            states.ForEach(static s => s.IsRevoking = true);
        }

        await FinishedAsync(states);
        states.RemoveAll(static s => s.IsGone);
        if (_options.AutoCommit)
        {
            await CommitHandledAsync(states, isPersistent: true, _stop.Token);
        }

        await TellAsync(RebalanceKind.Revoked, [.. states.Select(s => s.Partition)], generation, reason, _stop.Token);
        Remove(states);
    }

    async Task IGroupOwner.AssignAsync(IReadOnlyList<TopicPartition> partitions, int generation, string reason)
    {
        List<PartitionState> added = [];
        lock (_state.Gate)
        {
            if (_state.IsClosed)
            {
                return;
            }

            foreach (var partition in partitions.Where(p => !_state.Partitions.ContainsKey(p)))
            {
                _client.Metadata.Use(partition.Topic, mayCreate: false);
                var state = _state.Add(partition);
                state.IsHeld = true;
                added.Add(state);
            }
        }

        try
        {
            await TellAsync(RebalanceKind.Assigned, partitions, generation, reason, _stop.Token);
        }
        finally
        {
            lock (_state.Gate)
            {
                added.ForEach(static s => s.IsHeld = false);
            }

            _state.Work.Set();
        }
    }

    Task IGroupOwner.LoseAsync(IReadOnlyList<TopicPartition> partitions, int generation, string reason)
    {
        Remove(StatesOf(partitions.Contains));
        return TellAsync(RebalanceKind.Lost, partitions, generation, reason, _stop.Token);
    }

    void IGroupOwner.Fail(Exception fault) => _state.Fail(fault);

    /// <summary>Ends the reading, commits what is finished, leaves the group; takes <see cref="ConsumerOptions.CloseTimeoutMs"/> at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _state.Close();
        _idle.Set();
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.CloseTimeoutMs), _world.Clock);
        try
        {
            await TakeLeaveAsync(late.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or KafkaException)
        {
            ClientEvents.CloseFailed(_logger, GroupId, _options.CloseTimeoutMs, fault.Message);
        }

        await _stop.CancelAsync();
        await _autoCommits;
        if (_membership is not null)
        {
            await _membership.DisposeAsync();
        }

        await _fetcher.DisposeAsync();
        await _client.Pool.CloseAsync(_fetches);
        if (_link is not null)
        {
            await _link.CloseAsync();
        }

        lock (_state.Gate)
        {
            if (!_isReading)
            {
                FreeBlock();
            }
        }

        _state.Clear();
    }

    private async Task TakeLeaveAsync(CancellationToken cancellation)
    {
        if (_options.AutoCommit && _offsets is not null)
        {
            await CommitHandledAsync(StatesOf(_ => true), isPersistent: true, cancellation);
        }

        if (_membership is null)
        {
            return;
        }

        const string reason = "the consumer is closed";
        var generation = Identity.Generation;
        if (StatesOf(_ => true) is { Count: > 0 } states)
        {
            await TellAsync(RebalanceKind.Revoked, [.. states.Select(s => s.Partition)], generation, reason, cancellation);
            Remove(states);
        }

        await _membership.LeaveAsync(reason, cancellation);
    }

    /// <summary>Ends when none of the partitions is in the application's hands: at once unless its loop handles something of them.</summary>
    private async Task FinishedAsync(List<PartitionState> states)
    {
        while (true)
        {
            var idle = _idle.Next;
            lock (_state.Gate)
            {
                if (_inHand is null || _inHand.IsGone || _state.IsClosed || !states.Contains(_inHand))
                {
                    return;
                }
            }

            await idle;
        }
    }

    private List<PartitionState> StatesOf(Func<TopicPartition, bool> which)
    {
        lock (_state.Gate)
        {
            return [.. _state.Partitions.Values.Where(s => which(s.Partition))];
        }
    }

    private void Remove(List<PartitionState> states)
    {
        lock (_state.Gate)
        {
            foreach (var state in states.Where(static s => !s.IsGone))
            {
                _state.Remove(state);
            }
        }

        _state.Work.Set();
        _idle.Set();
    }

    /// <summary>Tells the application, after it has been told of what was before.</summary>
    private async Task TellAsync(RebalanceKind kind, IReadOnlyList<TopicPartition> partitions, int generation, string reason, CancellationToken cancellation)
    {
        if (_options.OnRebalance is not { } tell)
        {
            return;
        }

        await _telling.WaitAsync(cancellation);
        try
        {
            await _world.Start(() => tell(new RebalanceEvent(kind, partitions, generation, reason), cancellation).AsTask());
        }
        finally
        {
            _telling.Release();
        }
    }
}

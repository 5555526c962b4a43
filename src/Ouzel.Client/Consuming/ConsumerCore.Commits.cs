using Ouzel.Client.Consuming.Fetching;
using Ouzel.Client.Consuming.Groups;
using Ouzel.Client.Telemetry;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming;

/// <summary>Commits.</summary>
internal sealed partial class ConsumerCore
{
    /// <summary>Commits everything that was delivered: calling it says that it is finished.</summary>
    public async Task CommitDeliveredAsync(CancellationToken cancellation)
    {
        lock (_state.Gate)
        {
            _last?.OnHandled();
        }

        await CommitAsync(() => HandledOf(StatesOf(_ => true)), cancellation);
    }

    /// <summary>Commits the given offsets.</summary>
    public Task CommitAsync(IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation)
    {
        List<CommitClaim> claims = [];
        lock (_state.Gate)
        {
            foreach (var offset in offsets)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(offset.Offset, nameof(offsets));
                var state = _state.Partitions.GetValueOrDefault(offset.Partition);
                if (state is null && _membership is not null)
                {
                    throw Refused(offset);
                }

                claims.Add(new CommitClaim(state, offset));
            }
        }

        return CommitAsync(() => claims, cancellation);
    }

    /// <summary>Commits the position behind a record or batch of <paramref name="state"/>, whatever partition of that name the consumer has now.</summary>
    public Task CommitAsync(PartitionState state, long offset, int leaderEpoch, CancellationToken cancellation) =>
        CommitAsync(() => [new CommitClaim(state, new TopicPartitionOffset(state.Partition, offset, leaderEpoch))], cancellation);

    /// <summary>Reads what the group committed, tried again until it is known.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, StoredOffset>> ReadCommittedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        var endMs = _world.NowMs + _client.Options.ApiTimeoutMs;
        for (var failures = 1; ; failures++)
        {
            KafkaException? fault = null;
            try
            {
                var committed = await OffsetsOrThrow().ReadAsync(partitions, cancellation);
                var wrong = committed.FirstOrDefault(c => c.Value.Error != ErrorCode.None);
                if (wrong.Value.Error == ErrorCode.None)
                {
                    return committed;
                }

                fault = new KafkaException(wrong.Value.Error, $"What group {GroupId} committed for {wrong.Key} cannot be read") { Topic = wrong.Key.Topic, Partition = wrong.Key.Partition };
            }
            catch (KafkaException refused)
            {
                fault = refused;
            }

            await PauseAsync(fault, failures, endMs, null, cancellation);
        }
    }

    private async Task CommitAsync(Func<List<CommitClaim>> claims, CancellationToken cancellation)
    {
        OffsetsOrThrow();
        await _committing.WaitAsync(cancellation);
        try
        {
            var left = claims();
            var endMs = _world.NowMs + _client.Options.ApiTimeoutMs;
            for (var failures = 1; left.Count > 0; failures++)
            {
                var change = _membership?.NextChange;
                if (await TryCommitAsync(left, cancellation) is { } fault)
                {
                    await PauseAsync(fault, failures, endMs, IsOfMembership(fault.Error) ? change : null, cancellation);
                }
            }
        }
        finally
        {
            _committing.Release();
        }
    }

    /// <summary>One attempt. What was stored leaves the list.</summary>
    /// <returns>Why something is left.</returns>
    /// <exception cref="KafkaException">A partition was taken away.</exception>
    private async Task<KafkaException?> TryCommitAsync(List<CommitClaim> claims, CancellationToken cancellation)
    {
        var identity = Identity;
        foreach (var claim in claims)
        {
            if (claim.State is { IsGone: true })
            {
                throw Refused(claim.Offset);
            }
        }

        if (_membership is not null && identity.Generation < 0)
        {
            return new KafkaException(ErrorCode.RebalanceInProgress, $"Group {GroupId} has no place for this consumer at the moment");
        }

        Dictionary<TopicPartition, ErrorCode> errors;
        var began = _world.Clock.GetTimestamp();
        try
        {
            errors = await _offsets!.CommitAsync([.. claims.Select(c => c.Offset)], identity, cancellation);
        }
        catch (KafkaException unreachable)
        {
            ClientTelemetry.OnCommitted(GroupId, _world.Clock.GetElapsedTime(began), unreachable.Error);
            return unreachable;
        }

        var worst = ErrorCode.None;
        lock (_state.Gate)
        {
            for (var i = claims.Count - 1; i >= 0; i--)
            {
                var error = errors.GetValueOrDefault(claims[i].Offset.Partition, ErrorCode.UnknownTopicOrPartition);
                if (error != ErrorCode.None)
                {
                    worst = error;
                    continue;
                }

                if (claims[i].State is { } state)
                {
                    state.Committed = claims[i].Offset.Offset;
                }

                claims.RemoveAt(i);
            }
        }

        ClientTelemetry.OnCommitted(GroupId, _world.Clock.GetElapsedTime(began), worst);
        if (worst == ErrorCode.None)
        {
            return null;
        }

        if (IsOfMembership(worst) && worst != ErrorCode.RebalanceInProgress)
        {
            _membership?.OnFenced(worst, identity);
        }

        return new KafkaException(worst, Explain(worst)) { Topic = claims[0].Offset.Partition.Topic, Partition = claims[0].Offset.Partition.Partition };
    }

    /// <summary>Waits for what may mend a fault, or throws it.</summary>
    private async Task PauseAsync(KafkaException fault, int failures, long endMs, Task? change, CancellationToken cancellation)
    {
        var waitMs = _client.Options.Retry.DelayMs(failures, _world.Chance());
        if ((!fault.IsRetriable && change is null) || _world.NowMs + waitMs >= endMs)
        {
            throw fault;
        }

        if (change is null)
        {
            await _world.Delay(waitMs, cancellation);
            return;
        }

        await Wake.WaitAsync(change, waitMs, _world, cancellation);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Commits what is finished, as far as it goes: a failure is logged and the next commit covers it.</summary>
    private async Task CommitHandledAsync(List<PartitionState> states, bool isPersistent, CancellationToken cancellation)
    {
        try
        {
            if (isPersistent)
            {
                await CommitAsync(() => HandledOf(states), cancellation);
                return;
            }

            await _committing.WaitAsync(cancellation);
            try
            {
                var claims = HandledOf(states);
                if (claims.Count > 0 && await TryCommitAsync(claims, cancellation) is { } fault)
                {
                    ClientEvents.CommitFailed(_logger, GroupId, fault.Message);
                }
            }
            finally
            {
                _committing.Release();
            }
        }
        catch (KafkaException fault)
        {
            ClientEvents.CommitFailed(_logger, GroupId, fault.Message);
        }
    }

    private async Task AutoCommitAsync()
    {
        try
        {
            while (true)
            {
                await _world.Delay(_options.AutoCommitIntervalMs, _stop.Token);
                await CommitHandledAsync(StatesOf(_ => true), isPersistent: false, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Closing, which commits by itself.
        }
    }

    private List<CommitClaim> HandledOf(List<PartitionState> states)
    {
        lock (_state.Gate)
        {
            return
            [
                .. states.Where(static s => !s.IsGone && s.Handled >= 0 && s.Handled != s.Committed)
                    .Select(static s => new CommitClaim(s, new TopicPartitionOffset(s.Partition, s.Handled, s.HandledEpoch))),
            ];
        }
    }

    private GroupOffsets OffsetsOrThrow() => _offsets ?? throw new InvalidOperationException("This consumer has no group: there is nowhere to commit to.");

    /// <summary>Errors that a membership mends: by having got on, or by joining again.</summary>
    private bool IsOfMembership(ErrorCode error) => _membership is not null && error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId;

    private string Explain(ErrorCode error) => error switch
    {
        ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration when _membership is null =>
            $"Group {GroupId} has members: a consumer whose partitions are assigned by hand cannot commit to it",
        ErrorCode.OffsetMetadataTooLarge => "The text beside the offset is longer than the broker's offset.metadata.max.bytes",
        _ => $"Group {GroupId} did not take a commit",
    };

    private KafkaException Refused(TopicPartitionOffset offset) =>
        new(ErrorCode.IllegalGeneration,
            $"The commit of {offset} to group {GroupId} comes too late: the partition is not this consumer's any more, and whoever reads it now handles the records again. "
            + "Commit in OnRebalance, or handle less at a time")
        {
            Topic = offset.Partition.Topic,
            Partition = offset.Partition.Partition,
        };

    /// <summary>An offset to be committed, and the time with the partition that it belongs to; null for none.</summary>
    private readonly record struct CommitClaim(PartitionState? State, TopicPartitionOffset Offset);
}

using Ouzel.Client.Connections;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>One fetch and what comes of it.</summary>
internal sealed partial class Fetcher
{
    /// <summary>The first version with magic 2 and isolation levels.</summary>
    private const short FetchLowest = 4;

    /// <summary>From here on consumers may ask for the ends of epochs.</summary>
    private const short EpochEndsFrom = 3;

    private async Task FetchAsync(BrokerFetches broker, List<FetchTarget> targets, int maxBytes)
    {
        try
        {
            await FetchOnceAsync(broker, targets, maxBytes);
            broker.Failures = 0;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            broker.Reused = null;
        }
        catch (Exception fault)
        {
            broker.Reused = null;
            OnBrokerFault(broker, fault);
        }
        finally
        {
            lock (_state.Gate)
            {
                broker.IsFetching = false;
                _state.ReservedBytes -= maxBytes;
            }

            _state.Work.Set();
        }
    }

    private async Task FetchOnceAsync(BrokerFetches broker, List<FetchTarget> targets, int maxBytes)
    {
        var connection = await _client.Pool.OpenAsync(broker.Id, _lane, _stop.Token);
        var byId = targets.TrueForAll(t => t.Item.TopicId != Uuid.Zero);
        var version = connection.Served.Choose<FetchResponse>(FetchLowest, byId ? short.MaxValue : (short)(FetchSession.ByIdFrom - 1));
        if (version < FetchSession.DivergenceFrom && connection.Served.Serves<OffsetForLeaderEpochResponse>(EpochEndsFrom))
        {
            targets = await CheckEpochsAsync(connection, broker, targets);
        }

        var request = new FetchRequest
        {
            MaxWaitMs = _options.FetchMaxWaitMs,
            MinBytes = _options.FetchMinBytes,
            MaxBytes = maxBytes,
            IsolationLevel = (sbyte)_options.IsolationLevel,
            RackId = _options.Rack ?? "",
        };
        broker.Session.Build(request, targets.ToDictionary(t => t.State.Partition, t => t.Item), version, _options.PartitionFetchMaxBytes);
        var call = new PendingCall<FetchResponse>(version, FrameUse.Leased, broker.Reused ??= new FetchResponse());
        var leased = await connection.CallAsync(request, call, _options.FetchMaxWaitMs + _client.Options.RequestTimeoutMs, _stop.Token);
        var lease = new FetchLease(leased);
        try
        {
            OnResponse(broker, leased.Message, lease, targets);
        }
        finally
        {
            lease.Release();
        }
    }

    private void OnResponse(BrokerFetches broker, FetchResponse response, FetchLease lease, List<FetchTarget> targets)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            if (response.ErrorCode == ErrorCode.FetchSessionIdNotFound)
            {
                broker.Session.OnUnknown();
                return;
            }

            throw new KafkaException(response.ErrorCode, $"Broker {broker.Id} refused a fetch") { BrokerId = broker.Id };
        }

        broker.Session.OnServed(response.SessionId);
        _client.Pool.SetAddresses(response.NodeEndpoints.Select(n => (n.NodeId, new ServerAddress(n.Host, n.Port))));
        var asked = targets.ToDictionary(t => t.State.Partition);
        var names = new Dictionary<Uuid, string>();
        foreach (var target in targets)
        {
            names[target.Item.TopicId] = target.State.Partition.Topic;
        }

        var hasData = false;
        lock (_state.Gate)
        {
            foreach (var topic in response.Responses)
            {
                var name = topic.Topic.Length > 0 ? topic.Topic : names.GetValueOrDefault(topic.TopicId, "");
                foreach (var data in topic.Partitions)
                {
                    if (asked.TryGetValue(new TopicPartition(name, data.PartitionIndex), out var target) && IsCurrent(target))
                    {
                        hasData |= OnPartition(broker, target, data, lease);
                    }
                }
            }
        }

        if (hasData)
        {
            _state.Data.Set();
        }
    }

    /// <returns>Whether there is something for the application.</returns>
    private bool OnPartition(BrokerFetches broker, in FetchTarget target, FetchResponse.PartitionData data, FetchLease lease)
    {
        var state = target.State;
        if (data.ErrorCode != ErrorCode.None)
        {
            OnPartitionError(broker, target, data.ErrorCode, data.CurrentLeader.LeaderId, data.CurrentLeader.LeaderEpoch);
            return false;
        }

        state.OnWorked();
        if (data.DivergingEpoch.EndOffset >= 0 || data.DivergingEpoch.Epoch >= 0)
        {
            OnTruncated(state, data.DivergingEpoch.EndOffset);
            return false;
        }

        (state.HighWatermark, state.LastStableOffset) = (data.HighWatermark, data.LastStableOffset);
        if (data.PreferredReadReplica >= 0)
        {
            state.ReadFrom(data.PreferredReadReplica, _world.NowMs + _client.Options.MetadataMaxAgeMs);
        }

        if (data.Records is not MemoryRecords { Length: > 0 } records)
        {
            return false;
        }

        var (nextOffset, leaderEpoch, isDamaged) = FetchedChunk.Survey(records.Span);
        if (nextOffset < 0)
        {
            if (isDamaged)
            {
                state.Fault = PartitionFault(state, ErrorCode.CorruptMessage, $"What broker {broker.Id} sent of {state.Partition} at offset {target.Item.Offset} is no record batch; Seek past it to go on without it");
            }

            return isDamaged;
        }

        var aborted = _options.IsolationLevel == IsolationLevel.ReadCommitted ? new AbortedTransactions(data.AbortedTransactions ?? []) : null;
        lease.Add();
        _state.Buffer(new FetchedChunk(state, lease, records.Memory, aborted));
        state.OnFetched(Math.Max(nextOffset, target.Item.Offset), leaderEpoch);
        return true;
    }

    /// <summary>Called under the gate.</summary>
    private void OnPartitionError(BrokerFetches broker, in FetchTarget target, ErrorCode error, int leaderId, int leaderEpoch)
    {
        var state = target.State;
        ClientEvents.PartitionRefused(_logger, state.Partition, broker.Id, error);
        var wasReplica = state.ReplicaId >= 0;
        state.ReadFromLeader();
        switch (error)
        {
            case ErrorCode.OffsetOutOfRange when wasReplica:
                // The follower may lack what the leader has: the leader is asked at once.
                break;
            case ErrorCode.OffsetOutOfRange when state.ChunksBuffered > 0:
                // What is buffered is delivered first.
                Retry(state);
                break;
            case ErrorCode.OffsetOutOfRange:
                Reset(state, $"offset {target.Item.Offset} is out of range");
                break;
            case var _ when leaderId >= 0 && leaderEpoch > target.Item.LeaderEpoch:
                // KIP-951: the broker named the leader, so that nobody else has to be asked.
                _client.Metadata.OnLeader(state.Partition, leaderId, leaderEpoch);
                break;
            case var _ when error.IsRetriable() || error == ErrorCode.UnknownServerError:
                Retry(state);
                _client.Metadata.RequestRefresh();
                break;
            default:
                state.Fault = PartitionFault(state, error, $"Partition {state.Partition} cannot be read");
                _state.Data.Set();
                break;
        }
    }

    /// <summary>The leader's log is another one from some offset on. Called under the gate.</summary>
    private void OnTruncated(PartitionState state, long agreedOffset)
    {
        if (agreedOffset >= state.Position)
        {
            // Only what was read ahead is gone.
            state.DropFetched();
            _state.Drop(state);
            return;
        }

        if (_options.OffsetReset.IsNone)
        {
            state.DropFetched();
            _state.Drop(state);
            state.Fault = new LogTruncatedException(state.Partition, state.Position, state.PositionEpoch, agreedOffset);
            _state.Data.Set();
            return;
        }

        ClientEvents.Truncated(_logger, state.Partition, agreedOffset, state.Position);
        if (agreedOffset >= 0)
        {
            state.SeekTo(agreedOffset, -1);
            _state.Drop(state);
        }
        else
        {
            Reset(state, "the leader's log has nothing of what was read");
        }
    }

    /// <summary>Asks old brokers whether their log has what was read, once for each new leader (KIP-320). Partitions that are in doubt are left out of the fetch.</summary>
    private async Task<List<FetchTarget>> CheckEpochsAsync(Connection connection, BrokerFetches broker, List<FetchTarget> targets)
    {
        List<FetchTarget> doubtful = [.. targets.Where(t => t.Item.LastFetchedEpoch >= 0 && t.State.ReplicaId < 0 && t.State.CheckedLeaderEpoch != t.Item.LeaderEpoch)];
        if (doubtful.Count == 0)
        {
            return targets;
        }

        var request = new OffsetForLeaderEpochRequest { ReplicaId = -1 };
        foreach (var topic in doubtful.GroupBy(t => t.State.Partition.Topic))
        {
            request.Topics.Add(new OffsetForLeaderEpochRequest.OffsetForLeaderTopic
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(t => new OffsetForLeaderEpochRequest.OffsetForLeaderPartition
                {
                    Partition = t.State.Partition.Partition,
                    CurrentLeaderEpoch = t.Item.LeaderEpoch,
                    LeaderEpoch = t.Item.LastFetchedEpoch,
                })],
            });
        }

        var response = await connection.CallAsync(request, _client.Options.RequestTimeoutMs, _stop.Token);
        var asked = doubtful.ToDictionary(t => t.State.Partition);
        lock (_state.Gate)
        {
            foreach (var topic in response.Topics)
            {
                foreach (var end in topic.Partitions)
                {
                    if (asked.TryGetValue(new TopicPartition(topic.Topic, end.Partition), out var target) && IsCurrent(target))
                    {
                        OnEpochEnd(broker, target, end);
                    }
                }
            }

            return [.. targets.Where(t => IsCurrent(t) && t.State.Fault is null && (!asked.ContainsKey(t.State.Partition) || t.State.CheckedLeaderEpoch == t.Item.LeaderEpoch))];
        }
    }

    private void OnEpochEnd(BrokerFetches broker, in FetchTarget target, OffsetForLeaderEpochResponse.EpochEndOffset end)
    {
        if (end.ErrorCode != ErrorCode.None)
        {
            OnPartitionError(broker, target, end.ErrorCode, -1, -1);
        }
        else if (end.EndOffset < target.Item.Offset)
        {
            OnTruncated(target.State, end.EndOffset);
        }
        else
        {
            target.State.CheckedLeaderEpoch = target.Item.LeaderEpoch;
        }
    }

    private void OnBrokerFault(BrokerFetches broker, Exception fault)
    {
        broker.Session.Restart();
        ClientEvents.FetchFailed(_logger, broker.Id, fault.Message);
        if (fault is not KafkaException { IsRetriable: true })
        {
            _state.Fail(fault);
        }

        lock (_state.Gate)
        {
            broker.Failures++;
            broker.RetryAtMs = _world.NowMs + _client.Options.Retry.DelayMs(broker.Failures, _world.Chance());
        }

        _client.Metadata.RequestRefresh();
    }
}

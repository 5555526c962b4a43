using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>The positions at which partitions begin: what the group committed, and offsets of ends and times.</summary>
internal sealed partial class Fetcher
{
    /// <summary>The first version with isolation levels.</summary>
    private const short ListOffsetsLowest = 2;

    private async Task ReadCommittedAsync(List<PartitionState> states)
    {
        try
        {
            var committed = await _committed!.ReadAsync([.. states.Select(s => s.Partition)], _stop.Token);
            lock (_state.Gate)
            {
                foreach (var state in states.Where(s => !s.IsGone && s.Phase == PositionPhase.NeedsCommitted))
                {
                    OnCommitted(state, committed.GetValueOrDefault(state.Partition, new StoredOffset(-1, -1, null, ErrorCode.UnknownTopicOrPartition)));
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Closing: nobody waits for the positions.
        }
        catch (Exception fault)
        {
            if (fault is not KafkaException { IsRetriable: true })
            {
                _state.Fail(fault);
            }

            lock (_state.Gate)
            {
                states.ForEach(Retry);
            }
        }
        finally
        {
            lock (_state.Gate)
            {
                _isReadingCommitted = false;
            }

            _state.Work.Set();
            _state.Data.Set();
        }
    }

    private void OnCommitted(PartitionState state, StoredOffset committed)
    {
        if (committed.Error != ErrorCode.None)
        {
            if (committed.Error.IsRetriable())
            {
                Retry(state);
            }
            else
            {
                state.Fault = PartitionFault(state, committed.Error, $"What the group committed for {state.Partition} cannot be read");
            }
        }
        else if (committed.Offset >= 0)
        {
            state.SeekTo(committed.Offset, committed.LeaderEpoch);
            state.Committed = committed.Offset;
        }
        else
        {
            Reset(state, "the group has committed nothing");
        }
    }

    private async Task LookUpAsync(BrokerFetches broker, List<FetchTarget> targets)
    {
        try
        {
            var connection = await _client.Pool.OpenAsync(broker.Id, _client.Pool.General, _stop.Token);
            var version = connection.Served.Choose<ListOffsetsResponse>(ListOffsetsLowest);
            var now = _world.Clock.GetUtcNow();
            var request = new ListOffsetsRequest { ReplicaId = -1, IsolationLevel = (sbyte)_options.IsolationLevel, TimeoutMs = _client.Options.RequestTimeoutMs };
            foreach (var topic in targets.GroupBy(t => t.State.Partition.Topic))
            {
                request.Topics.Add(new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = topic.Key,
                    Partitions = [.. topic.Select(t => new ListOffsetsRequest.ListOffsetsPartition
                    {
                        PartitionIndex = t.State.Partition.Partition,
                        CurrentLeaderEpoch = t.Item.LeaderEpoch,
                        Timestamp = t.State.Target.Timestamp(now),
                    })],
                });
            }

            var response = await connection.CallAsync(request, version, _client.Options.RequestTimeoutMs, _stop.Token);
            OnLookedUp(broker, response, targets);
            broker.Failures = 0;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Closing: nobody waits for the positions.
        }
        catch (Exception fault)
        {
            OnBrokerFault(broker, fault);
        }
        finally
        {
            lock (_state.Gate)
            {
                broker.IsLookingUp = false;
            }

            _state.Work.Set();
            _state.Data.Set();
        }
    }

    private void OnLookedUp(BrokerFetches broker, ListOffsetsResponse response, List<FetchTarget> targets)
    {
        var asked = targets.ToDictionary(t => t.State.Partition);
        lock (_state.Gate)
        {
            foreach (var topic in response.Topics)
            {
                foreach (var found in topic.Partitions)
                {
                    if (!asked.TryGetValue(new TopicPartition(topic.Name, found.PartitionIndex), out var target) || !IsCurrent(target))
                    {
                        continue;
                    }

                    if (found.ErrorCode != ErrorCode.None)
                    {
                        OnPartitionError(broker, target, found.ErrorCode, -1, -1);
                    }
                    else if (found.Offset >= 0)
                    {
                        // The epoch that comes with it is that of the record there, not of the one before.
                        target.State.SeekTo(found.Offset, -1);
                    }
                    else
                    {
                        target.State.SeekTo(StartPosition.Latest);
                    }
                }
            }
        }
    }
}

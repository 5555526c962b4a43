using Ouzel.Client.Connections;
using Ouzel.Client.Telemetry;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Producing;

/// <summary>Produce requests: filled from the queues, and what their responses mean.</summary>
internal sealed partial class Sender
{
    /// <summary>The first version that batches of magic 2 may travel in.</summary>
    private const short VersionMin = 3;

    /// <summary>The first version that takes zstd (KIP-110).</summary>
    private const short ZstdFrom = 7;

    /// <summary>The last version that names topics; later ones know ids only.</summary>
    private const short NamesUntil = 12;

    /// <summary>Sends requests to a broker until it has enough of them or its partitions have nothing more. Returns when they have something again.</summary>
    private long Serve(BrokerTurn turn, long nowMs)
    {
        while (turn.InFlight < _options.InFlightMax)
        {
            var taken = Take(turn, nowMs);
            if (taken.Count == 0)
            {
                break;
            }

            if (!Send(turn, taken, nowMs))
            {
                break;
            }
        }

        var dueMs = long.MaxValue;
        foreach (var slot in turn.Slots)
        {
            lock (slot.Gate)
            {
                var slotDueMs = slot.Queue.NextDueMs(nowMs);
                dueMs = slotDueMs > nowMs ? Math.Min(dueMs, slotDueMs) : dueMs;
            }
        }

        turn.Slots.Clear();
        return dueMs;
    }

    /// <summary>At most one batch of each partition, and not more than a request may have, beginning at another partition each time.</summary>
    private List<SentBatch> Take(BrokerTurn turn, long nowMs)
    {
        List<SentBatch> taken = [];
        var bytesLeft = _options.RequestBytesMax;
        for (var i = 0; i < turn.Slots.Count; i++)
        {
            var slot = turn.Slots[(i + _firstTurn) % turn.Slots.Count];
            lock (slot.Gate)
            {
                var batch = slot.Queue.TryTake(_identities?.Current, taken.Count == 0 ? int.MaxValue : bytesLeft, nowMs);
                slot.NoteWaiting();
                if (batch is not null)
                {
                    taken.Add(new SentBatch(slot, batch));
                    bytesLeft -= batch.SizeBytes;
                }
                else if (_identities?.Current is { } identity && slot.Queue.ExhaustedProducerId == identity.Id)
                {
                    _identities.Forget(identity);
                }
            }
        }

        return taken;
    }

    /// <summary>False when the connection takes nothing now: the batches are back in their queues.</summary>
    private bool Send(BrokerTurn turn, List<SentBatch> batches, long nowMs)
    {
        PendingResponse pending;
        try
        {
            var connection = turn.Connection!;
            var hasIds = Fill(turn.Request, batches);
            var version = connection.Served.Choose<ProduceResponse>(_options.Compression == CompressionCodec.Zstd ? ZstdFrom : VersionMin, hasIds ? short.MaxValue : NamesUntil);
            var hasResponse = _options.Acks != Acks.None;
            pending = hasResponse ? new PendingCall<ProduceResponse>(version, FrameUse.Passing) : new PendingDeparture(ApiKey.Produce, version);
            if (!connection.TrySubmit(turn.Request, pending, _client.Options.RequestTimeoutMs, hasResponse))
            {
                PutBack(batches, nowMs);
                return false;
            }
        }
        catch (KafkaException fault) when (fault.IsRetriable)
        {
            PutBack(batches, nowMs);
            return false;
        }
        catch (Exception fault) when (fault is KafkaException or MessageVersionException)
        {
            RefuseAll(batches, (fault as KafkaException)?.Error ?? ErrorCode.InvalidRequest, fault.Message);
            return false;
        }

        turn.Begin();
        _underWay.Add();
        _ = pending is PendingCall<ProduceResponse> call ? AwaitAsync(turn, batches, call) : AwaitAsync(turn, batches, (PendingDeparture)pending);
        return true;
    }

    /// <summary>Puts the batches into the request, those of a topic together. False when a topic's id is not known.</summary>
    private bool Fill(ProduceRequest request, List<SentBatch> batches)
    {
        var level = _options.CompressionLevel ?? Compression.DefaultLevel;
        var hasIds = true;
        (request.Acks, request.TimeoutMs) = ((short)_options.Acks, _client.Options.RequestTimeoutMs);
        request.TopicData.Clear();
        batches.Sort(static (a, b) => string.CompareOrdinal(a.Slot.Name.Topic, b.Slot.Name.Topic));
        ProduceRequest.TopicProduceData? topic = null;
        foreach (var (slot, batch) in batches)
        {
            if (topic?.Name != slot.Name.Topic)
            {
                _client.Metadata.Use(slot.Name.Topic, mayCreate: true);
                topic = new ProduceRequest.TopicProduceData { Name = slot.Name.Topic, TopicId = _seen.Topics[slot.Name.Topic].Id };
                request.TopicData.Add(topic);
                hasIds &= topic.TopicId != Uuid.Zero;
            }

            topic.PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = slot.Name.Partition, Records = new MemoryRecords(batch.Bytes(_options.Compression, level)) });
        }

        return hasIds;
    }

    private async Task AwaitAsync(BrokerTurn turn, List<SentBatch> batches, PendingCall<ProduceResponse> call)
    {
        try
        {
            var response = (await call.Done).Message;
            _client.Pool.SetAddresses(response.NodeEndpoints.Select(n => (n.NodeId, new ServerAddress(n.Host, n.Port))));
            foreach (var sent in batches)
            {
                OnAnswer(sent, Find(response, sent.Slot.Name), turn.BrokerId);
            }
        }
        catch (KafkaException fault)
        {
            _client.Metadata.RequestRefresh();
            LoseAll(batches, fault);
        }
        catch (Exception fault)
        {
            ClientEvents.ResponseUnusable(_logger, fault.Message);
            LoseAll(batches, fault);
        }

        End(turn);
    }

    private async Task AwaitAsync(BrokerTurn turn, List<SentBatch> batches, PendingDeparture departure)
    {
        try
        {
            await departure.Left;
            batches.ForEach(sent => Acknowledge(sent, -1, -1));
        }
        catch (KafkaException fault)
        {
            _client.Metadata.RequestRefresh();
            LoseAll(batches, fault);
        }

        End(turn);
    }

    private void End(BrokerTurn turn)
    {
        turn.End();
        _underWay.End();
        _signal.Set();
    }

    private ProduceResponse.PartitionProduceResponse? Find(ProduceResponse response, TopicPartition name)
    {
        foreach (var topic in response.Responses)
        {
            if (topic.Name.Length > 0 ? topic.Name == name.Topic : IsNamed(topic.TopicId, name.Topic))
            {
                return topic.PartitionResponses.Find(p => p.Index == name.Partition);
            }
        }

        return null;
    }

    private bool IsNamed(Uuid id, string topic) => _client.Metadata.Current.TopicsById.TryGetValue(id, out var known) && known.Name == topic;

    private void OnAnswer(SentBatch sent, ProduceResponse.PartitionProduceResponse? answer, int brokerId)
    {
        switch (answer?.ErrorCode)
        {
            case null:
                Settle(sent, static (queue, batch, nowMs) => queue.OnLost(batch, nowMs), ErrorCode.NetworkException, $"Broker {brokerId} left partition {sent.Slot.Name} out of its response");
                break;
            case ErrorCode.None or ErrorCode.DuplicateSequenceNumber:
                var isKnown = answer.ErrorCode == ErrorCode.None;
                Acknowledge(sent, isKnown ? answer.BaseOffset : -1, isKnown ? answer.LogAppendTimeMs : -1);
                break;
            case { } error:
                OnError(sent, error, answer, brokerId);
                break;
        }
    }

    private void OnError(SentBatch sent, ErrorCode error, ProduceResponse.PartitionProduceResponse answer, int brokerId)
    {
        if (answer.CurrentLeader.LeaderId >= 0)
        {
            _client.Metadata.OnLeader(sent.Slot.Name, answer.CurrentLeader.LeaderId, answer.CurrentLeader.LeaderEpoch);
        }
        else if (error.RefreshesMetadata())
        {
            _client.Metadata.RequestRefresh();
        }

        var told = answer.ErrorMessage is { Length: > 0 } text ? $": {text.TrimEnd('.')}" : "";
        Settle(sent, (queue, batch, nowMs) => queue.OnRefused(batch, error, nowMs), error, $"Broker {brokerId} refused a record for {sent.Slot.Name}{told}");
    }

    private void Acknowledge(SentBatch sent, long baseOffset, long logAppendTimeMs)
    {
        var (slot, batch) = sent;
        lock (slot.Gate)
        {
            slot.Queue.OnAcknowledged(batch, World.NowMs);
            slot.NoteWaiting();
        }

        ClientTelemetry.OnSent(slot.Name.Topic, slot.Name.Partition, batch.Count, World.NowMs - batch.CreatedMs, ErrorCode.None);
        batch.Complete(slot.Name, baseOffset, logAppendTimeMs);
        Free(batch);
    }

    private void LoseAll(List<SentBatch> batches, Exception fault)
    {
        foreach (var sent in batches)
        {
            Settle(sent, static (queue, batch, nowMs) => queue.OnLost(batch, nowMs), (fault as KafkaException)?.Error ?? ErrorCode.NetworkException,
                $"A record for {sent.Slot.Name} was sent, but no response came: {fault.Message.TrimEnd('.')}");
        }
    }

    private void RefuseAll(List<SentBatch> batches, ErrorCode error, string what)
    {
        foreach (var sent in batches)
        {
            Settle(sent, (queue, batch, nowMs) => queue.OnRefused(batch, error, nowMs), error, $"A record for {sent.Slot.Name} cannot be sent: {what.TrimEnd('.')}");
        }
    }

    private void PutBack(List<SentBatch> batches, long nowMs)
    {
        foreach (var (slot, batch) in batches)
        {
            lock (slot.Gate)
            {
                slot.Queue.OnNotSent(batch, nowMs);
                slot.NoteWaiting();
            }
        }
    }

    /// <summary>Tells the queue, and does what it decides.</summary>
    private void Settle(SentBatch sent, Func<PartitionQueue, ProducerBatch, long, Verdict> tell, ErrorCode error, string what)
    {
        var (slot, batch) = sent;
        Verdict verdict;
        lock (slot.Gate)
        {
            verdict = tell(slot.Queue, batch, World.NowMs);
            slot.NoteWaiting();
            if (verdict == Verdict.Fail)
            {
                NoteFailure(slot, batch, error, what + Doubt(batch));
            }
        }

        switch (verdict)
        {
            case Verdict.Fail:
                Fail(slot, batch, error, what + Doubt(batch));
                break;
            case Verdict.Split:
                _batches.Return(batch);
                break;
            case Verdict.Retry:
                break;
        }
    }

    private static string Doubt(ProducerBatch batch) => batch.IsUncertain ? " (it may have been written all the same)" : "";

    private void Fail(PartitionSlot slot, ProducerBatch batch, ErrorCode error, string what)
    {
        KafkaException Fault() => new(error, what) { Topic = slot.Name.Topic, Partition = slot.Name.Partition };
        ClientTelemetry.OnSent(slot.Name.Topic, slot.Name.Partition, batch.Count, World.NowMs - batch.CreatedMs, error);
        batch.Fail(Fault);
        Free(batch);
    }

    /// <summary>
    /// Keeps for the next flush what nobody awaited. Under the slot's lock, with which the batch leaves its queue: a flush that comes later finds this, and one that came
    /// before waits for the batch, which ends afterwards.
    /// </summary>
    private void NoteFailure(PartitionSlot slot, ProducerBatch batch, ErrorCode error, string what)
    {
        if (batch.CountUnawaited() is > 0 and var unawaited)
        {
            Interlocked.Add(ref _unawaitedFailures, unawaited);
            Interlocked.CompareExchange(ref _unawaitedFault, new KafkaException(error, what) { Topic = slot.Name.Topic, Partition = slot.Name.Partition }, null);
        }
    }

    private void Free(ProducerBatch batch)
    {
        var bytes = batch.ChargedBytes;
        _batches.Return(batch);
        Accumulator.Budget.Return(bytes);
    }

    private readonly record struct SentBatch(PartitionSlot Slot, ProducerBatch Batch);
}

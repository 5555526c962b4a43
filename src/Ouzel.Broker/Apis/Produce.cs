using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Appends one record batch to each of several partitions.</summary>
/// <remarks>
/// v0 to v2 carry message formats 0 and 1, which are converted; Apache Kafka refuses them since 4.0, old clients still send them.
/// v3 batches of magic 2, transactional id. v5 log start. v7 zstd. v8 single records at fault (KIP-467). v9 flexible. v10 the leader
/// in errors (KIP-951). v11, v12 transactions of the second version (KIP-890). v13 topic ids.
/// TimeoutMs bounds the wait of acks=all (7); without one, 0, it has no end. With acks=0 there is no response, and an error ends the connection. There are no transactions yet: every transactional id is unknown.
/// </remarks>
internal sealed class ProduceApi(MetadataCache metadata, PartitionTable partitions, TimingWheel wheel, MemoryBudget memory, TimeProvider clock) : IReusingApi<ProduceRequest, ProduceResponse>
{
    /// <summary>The Java admin client may write to internal topics under this client id.</summary>
    private const string AdminClientId = "__admin_client";

    private const string SilentRefusal = "a batch sent with acks=0 was refused, and only this can tell the client";

    private const short TopicIdsFrom = 13;
    private const short BatchesFrom = 3;
    private const short ZstdFrom = 7;
    private const short AcksAll = -1;

    private readonly AppendsPool _appends = new(partitions.Faults);
    private readonly ProducePieces _pieces = new();
    private readonly PackedTurns _turns = new(memory.LargeTurns, memory.Unpacking);

    public ValueTask<ProduceResponse> HandleAsync(ProduceRequest request, RequestContext context)
    {
        var response = _pieces.Response();
        var appends = _appends.Rent();
        var lacksTransactionalId = !MayWriteAs(request.TransactionalId, context) && HasTransactionalBatch(request);
        var failed = false;
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var topic in request.TopicData)
        {
            // Like Kafka, whose answer is made from partitions: a topic without any is left out.
            if (topic.PartitionData.Count == 0)
            {
                continue;
            }

            var topicError = Find(topic, context, out var name, out var id);
            var answer = _pieces.Topic(topic.Name, topic.TopicId);
            response.Responses.Add(answer);
            foreach (var data in topic.PartitionData)
            {
                var error = lacksTransactionalId ? ErrorCode.TransactionalIdAuthorizationFailed : topicError;
                Task<LogAppendResult>? queued = null;
                var result = error == ErrorCode.None ? TryAppend(request, context, new TopicPartition(name, data.Index), id, data.Records, nowMs, out var partition, out queued)
                    : Refuse(error, out partition);
                var told = _pieces.Partition(data.Index, result);
                answer.PartitionResponses.Add(told);
                failed |= result.Error != ErrorCode.None;
                if (queued is not null)
                {
                    appends.AddQueued(partition!, queued, data.Records!.Length, request.Acks == AcksAll, told);
                }
                else if (result.Error == ErrorCode.None && partition is not null)
                {
                    appends.Add(partition, result, result.IsDuplicate ? 0 : data.Records!.Length, request.Acks == AcksAll, told);
                }
            }
        }

        // Only now that everything is appended, so that a fetch over several partitions is answered once.
        appends.TellNews();
        if (request.Acks == 0)
        {
            if (failed)
            {
                context.CloseConnection(SilentRefusal);
            }
            else
            {
                context.StaySilent();
            }
        }

        return AcknowledgeAsync(response, appends, context, request.Acks == AcksAll && request.TimeoutMs > 0 ? request.TimeoutMs : Timeout.Infinite);
    }

    public void Forget(ProduceRequest request)
    {
        foreach (var topic in request.TopicData)
        {
            foreach (var data in topic.PartitionData)
            {
                (data.Records as MemoryRecords)?.Forget();
            }
        }
    }

    public void TakeBack(ProduceResponse response) => _pieces.TakeBack(response);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProduceResponse> AcknowledgeAsync(ProduceResponse response, Appends appends, RequestContext context, int timeoutMs)
    {
        await appends.WaitAsync(wheel, timeoutMs);

        // An append that waited for a slow disk is refused only now.
        if (context.Silent && appends.HasErrors())
        {
            context.CloseConnection(SilentRefusal);
        }

        appends.LetGo();
        return response;
    }

    private ErrorCode Find(ProduceRequest.TopicProduceData topic, RequestContext context, out string name, out Uuid id)
    {
        var image = metadata.Current;
        (name, id) = (topic.Name, topic.TopicId);
        if (context.ApiVersion < TopicIdsFrom)
        {
            return !context.May(AclOperation.Write, ResourceType.Topic, name) ? ErrorCode.TopicAuthorizationFailed
                : image.TryTopic(name, out _) ? ErrorCode.None
                : ErrorCode.UnknownTopicOrPartition;
        }

        if (!image.TryTopic(topic.TopicId, out var byId))
        {
            return ErrorCode.UnknownTopicId;
        }

        name = byId.Name;
        return context.Check(AclOperation.Write, ResourceType.Topic, name);
    }

    private static bool MayWriteAs(string? transactionalId, RequestContext context) =>
        transactionalId is not null && context.May(AclOperation.Write, ResourceType.TransactionalId, transactionalId);

    /// <summary>A fault concerns this partition alone.</summary>
    private LogAppendResult TryAppend(ProduceRequest request, RequestContext context, TopicPartition name, Uuid id, RecordsData? records, long nowMs, out Partition? partition, out Task<LogAppendResult>? queued)
    {
        try
        {
            return Append(request, context, name, id, records, nowMs, out partition, out queued);
        }
        catch (Exception fault)
        {
            (partition, queued) = (null, null);
            return LogAppendResult.Refused(partitions.Faults.Tell(ApiKey.Produce, name, fault));
        }
    }

    private LogAppendResult Append(ProduceRequest request, RequestContext context, TopicPartition name, Uuid id, RecordsData? records, long nowMs, out Partition? partition, out Task<LogAppendResult>? queued)
    {
        partition = null;
        queued = null;
        if (!metadata.Current.TryPartition(name.Topic, name.Partition, out _))
        {
            return LogAppendResult.Refused(ErrorCode.UnknownTopicOrPartition);
        }

        var error = CheckShape(records, context.ApiVersion, out var batch);
        if (error != ErrorCode.None)
        {
            return LogAppendResult.Refused(error);
        }

        if (request.Acks is < -1 or > 1)
        {
            return LogAppendResult.Refused(ErrorCode.InvalidRequiredAcks);
        }

        if (InternalTopicNames.IsInternal(name.Topic) && context.ClientId != AdminClientId)
        {
            return LogAppendResult.Refused(ErrorCode.InvalidTopicException);
        }

        if (request.TransactionalId is not null && IsTransactional(batch))
        {
            return LogAppendResult.Refused(ErrorCode.InvalidProducerIdMapping);
        }

        if (!partitions.TryGet(metadata.Current, name, out partition))
        {
            return LogAppendResult.Refused(partitions.IsLost(name) ? ErrorCode.KafkaStorageError : ErrorCode.NotLeaderOrFollower);
        }

        // The topic was deleted and made anew since its id was looked up.
        if (context.ApiVersion >= TopicIdsFrom && partition.TopicId != id && partition.TopicId != Uuid.Zero)
        {
            return LogAppendResult.Refused(ErrorCode.UnknownTopicId);
        }

        bool acksAll = request.Acks == AcksAll, oldFormats = context.ApiVersion < BatchesFrom;

        // What is little work has its verdict after the first slice; the rest of what is more is checked on a thread that polls nothing.
        var rest = partition.BeginCheck(batch, LogAppendOrigin.Client, nowMs, oldFormats, PackedTurns.SliceBytes, out var verdict);
        if (rest is not null)
        {
            queued = AppendElsewhereAsync(partition, Lying(records!, batch.Length), rest, acksAll, nowMs, context, oldFormats);
            return LogAppendResult.Refused(ErrorCode.None); // what it became is told when it is done
        }

        if (partition.MustQueue)
        {
            queued = partition.AppendQueuedAsync(Lying(records!, batch.Length), LogAppendOrigin.Client, acksAll, nowMs, context.Frame, oldFormats, verdict);
            return LogAppendResult.Refused(ErrorCode.None);
        }

        return partition.AppendAsLeader(batch, LogAppendOrigin.Client, acksAll, nowMs, oldFormats, verdict);
    }

    private static Memory<byte> Lying(RecordsData records, int length) => MemoryMarshal.AsMemory(((MemoryRecords)records).Memory)[..length];

    /// <summary>A batch that takes long to check. Its connection reads nothing more meanwhile, so what the client sends behind it stays behind it.</summary>
    private async Task<LogAppendResult> AppendElsewhereAsync(Partition partition, Memory<byte> batch, SlicedCheck begun, bool acksAll, long nowMs, RequestContext context, bool oldFormats)
    {
        var frame = context.Frame;
        frame.Add();
        try
        {
            var verdict = await _turns.CheckAsync(partition, batch, begun, nowMs, oldFormats);
            return partition.MustQueue ? await partition.AppendQueuedAsync(batch, LogAppendOrigin.Client, acksAll, nowMs, frame: null, oldFormats, verdict)
                : partition.AppendAsLeader(batch.Span, LogAppendOrigin.Client, acksAll, nowMs, oldFormats, verdict);
        }
        finally
        {
            frame.LetGo();
        }
    }

    /// <summary>Exactly one batch of magic 2, before anything else about it is looked at. Fewer than twelve bytes behind it are cut off.</summary>
    private static ErrorCode CheckShape(RecordsData? records, short version, out Span<byte> batch)
    {
        batch = default;
        if (records is not MemoryRecords { Length: > 0 } memory)
        {
            return ErrorCode.InvalidRecord;
        }

        // The frame is ours to complete in place: base offset and leader epoch are written into it.
        var bytes = MemoryMarshal.AsMemory(memory.Memory).Span;
        if (version < BatchesFrom)
        {
            batch = bytes;
            return ErrorCode.None;
        }

        switch (RecordBatch.Read(bytes, out var first, out var sizeBytes))
        {
            case BatchReadStatus.Damaged:
                return ErrorCode.CorruptMessage;
            case BatchReadStatus.Partial:
                return ErrorCode.InvalidRecord;
        }

        if (first.Magic != 2)
        {
            return ErrorCode.InvalidRecord;
        }

        if (version < ZstdFrom && first.Codec == CompressionCodec.Zstd)
        {
            return ErrorCode.UnsupportedCompressionType;
        }

        batch = bytes[..(int)sizeBytes];
        return RecordBatch.Read(bytes[(int)sizeBytes..], out _, out _) switch
        {
            BatchReadStatus.Whole => ErrorCode.InvalidRecord,
            BatchReadStatus.Damaged => ErrorCode.CorruptMessage,
            _ => ErrorCode.None,
        };
    }

    private static bool HasTransactionalBatch(ProduceRequest request)
    {
        foreach (var topic in request.TopicData)
        {
            foreach (var data in topic.PartitionData)
            {
                if (data.Records is MemoryRecords memory && IsTransactional(memory.Span))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsTransactional(ReadOnlySpan<byte> bytes)
        => RecordBatch.TryRead(bytes, out var batch, out _) && batch.Magic == 2 && batch.IsTransactional;

    private static LogAppendResult Refuse(ErrorCode error, out Partition? partition)
    {
        partition = null;
        return LogAppendResult.Refused(error);
    }
}

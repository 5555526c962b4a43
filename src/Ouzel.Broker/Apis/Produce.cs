using System.Runtime.InteropServices;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Appends one record batch to each of several partitions.</summary>
/// <remarks>
/// v0 to v2 carry message formats 0 and 1, which are converted; Apache Kafka refuses them since 4.0, old clients still send them.
/// v3 batches of magic 2, transactional id. v5 log start. v7 zstd. v8 single records at fault (KIP-467). v9 flexible. v10 the leader
/// in errors (KIP-951). v11, v12 transactions of the second version (KIP-890). v13 topic ids.
/// With acks=0 there is no answer, and an error ends the connection. There are no transactions yet: every transactional id is unknown.
/// </remarks>
internal sealed class ProduceApi(MetadataCache metadata, PartitionTable partitions, TimeProvider clock) : IApi<ProduceRequest, ProduceResponse>
{
    /// <summary>The Java admin client may write to internal topics under this client id.</summary>
    private const string AdminClientId = "__admin_client";

    private const short TopicIdsFrom = 13;
    private const short BatchesFrom = 3;
    private const short ZstdFrom = 7;
    private const short AcksAll = -1;

    public ValueTask<ProduceResponse> HandleAsync(ProduceRequest request, RequestContext context)
    {
        var response = new ProduceResponse();
        List<Acknowledgement>? pending = null;
        List<(Partition Partition, int Bytes)>? appended = null;
        bool lacksTransactionalId = request.TransactionalId is null && HasTransactionalBatch(request);
        bool failed = false;
        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            ErrorCode topicError = Find(topic, context, out string name);
            var answer = new ProduceResponse.TopicProduceResponse { Name = topic.Name, TopicId = topic.TopicId };
            foreach (ProduceRequest.PartitionProduceData data in topic.PartitionData)
            {
                ErrorCode error = lacksTransactionalId ? ErrorCode.TransactionalIdAuthorizationFailed : topicError;
                LogAppendResult result = error == ErrorCode.None ? Append(request, context, new TopicPartition(name, data.Index), data.Records, nowMs, out Partition? partition)
                    : Refuse(error, out partition);
                ProduceResponse.PartitionProduceResponse told = Tell(data.Index, result);
                answer.PartitionResponses.Add(told);
                failed |= result.Error != ErrorCode.None;
                if (result.Error != ErrorCode.None || partition is null)
                {
                    continue;
                }

                if (!result.IsDuplicate)
                {
                    (appended ??= []).Add((partition, data.Records!.Length));
                }

                if (request.Acks == AcksAll)
                {
                    ValueTask<bool> acknowledged = partition.WaitAcknowledgedAsync(result.LastOffset + 1);
                    if (!acknowledged.IsCompletedSuccessfully)
                    {
                        (pending ??= []).Add(new Acknowledgement(acknowledged, told));
                    }
                    else if (!acknowledged.Result)
                    {
                        NotDurable(told);
                    }
                }
            }

            // Like Kafka, whose answer is made from partitions: a topic without any is left out.
            if (answer.PartitionResponses.Count > 0)
            {
                response.Responses.Add(answer);
            }
        }

        foreach ((Partition partition, int bytes) in appended ?? [])
        {
            // Only now that everything is appended, so that a fetch over several partitions is answered once.
            partition.TellNews(bytes);
        }

        if (request.Acks == 0)
        {
            if (failed)
            {
                context.CloseConnection("a batch sent with acks=0 was refused, and only this can tell the client");
            }
            else
            {
                context.StaySilent();
            }
        }

        return pending is null ? new(response) : AcknowledgeAsync(response, pending);
    }

    private static async ValueTask<ProduceResponse> AcknowledgeAsync(ProduceResponse response, List<Acknowledgement> pending)
    {
        foreach (Acknowledgement acknowledgement in pending)
        {
            if (!await acknowledgement.Durable)
            {
                NotDurable(acknowledgement.Told);
            }
        }

        return response;
    }

    private static void NotDurable(ProduceResponse.PartitionProduceResponse told)
    {
        told.ErrorCode = ErrorCode.KafkaStorageError;
        told.BaseOffset = -1;
        told.LogStartOffset = -1;
    }

    private ErrorCode Find(ProduceRequest.TopicProduceData topic, RequestContext context, out string name)
    {
        ClusterImage image = metadata.Current;
        name = topic.Name;
        if (context.ApiVersion < TopicIdsFrom)
        {
            return image.TryTopic(name, out _) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition;
        }

        if (!image.TryTopic(topic.TopicId, out TopicImage? byId))
        {
            return ErrorCode.UnknownTopicId;
        }

        name = byId.Name;
        return ErrorCode.None;
    }

    private LogAppendResult Append(ProduceRequest request, RequestContext context, TopicPartition name, RecordsData? records, long nowMs, out Partition? partition)
    {
        partition = null;
        if (!metadata.Current.TryPartition(name.Topic, name.Partition, out _))
        {
            return LogAppendResult.Refused(ErrorCode.UnknownTopicOrPartition);
        }

        ErrorCode error = CheckShape(records, context.ApiVersion, out Span<byte> batch);
        if (error != ErrorCode.None)
        {
            return LogAppendResult.Refused(error);
        }

        if (request.Acks is < -1 or > 1)
        {
            return LogAppendResult.Refused(ErrorCode.InvalidRequiredAcks);
        }

        if (InternalTopics.IsInternal(name.Topic) && context.ClientId != AdminClientId)
        {
            return LogAppendResult.Refused(ErrorCode.InvalidTopicException);
        }

        if (request.TransactionalId is not null && IsTransactional(batch))
        {
            return LogAppendResult.Refused(ErrorCode.InvalidProducerIdMapping);
        }

        return partitions.TryGet(name, out partition)
            ? partition.AppendAsLeader(batch, LogAppendOrigin.Client, request.Acks == AcksAll, nowMs, oldFormats: context.ApiVersion < BatchesFrom)
            : LogAppendResult.Refused(ErrorCode.NotLeaderOrFollower);
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
        Span<byte> bytes = MemoryMarshal.AsMemory(memory.Memory).Span;
        if (version < BatchesFrom)
        {
            batch = bytes;
            return ErrorCode.None;
        }

        switch (RecordBatch.Read(bytes, out RecordBatch first, out long sizeBytes))
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
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            foreach (ProduceRequest.PartitionProduceData data in topic.PartitionData)
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
        => RecordBatch.TryRead(bytes, out RecordBatch batch, out _) && batch.Magic == 2 && batch.IsTransactional;

    private static LogAppendResult Refuse(ErrorCode error, out Partition? partition)
    {
        partition = null;
        return LogAppendResult.Refused(error);
    }

    private static ProduceResponse.PartitionProduceResponse Tell(int index, LogAppendResult result)
    {
        var told = new ProduceResponse.PartitionProduceResponse
        {
            Index = index,
            ErrorCode = result.Error,
            BaseOffset = result.BaseOffset,
            LogAppendTimeMs = result.LogAppendTimeMs,
            LogStartOffset = result.LogStartOffset,
            ErrorMessage = result.ErrorMessage,
        };
        if (result.RecordErrors is not null)
        {
            told.RecordErrors.AddRange(result.RecordErrors.Select(e => new ProduceResponse.BatchIndexAndErrorMessage { BatchIndex = e.BatchIndex, BatchIndexErrorMessage = e.Message }));
        }

        return told;
    }

    private readonly record struct Acknowledgement(ValueTask<bool> Durable, ProduceResponse.PartitionProduceResponse Told);
}

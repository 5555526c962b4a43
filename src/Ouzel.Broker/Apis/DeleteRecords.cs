using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Moves the start of partitions up, so that everything before an offset is gone; -1 means everything.</summary>
/// <remarks>v1 as v0. v2 flexible.</remarks>
internal sealed class DeleteRecordsApi(MetadataCache metadata, PartitionTable partitions) : IApi<DeleteRecordsRequest, DeleteRecordsResponse>
{
    private const long Everything = -1;

    public async ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context)
    {
        var response = new DeleteRecordsResponse();
        var turns = new Turns(Turns.Read);
        foreach (DeleteRecordsRequest.DeleteRecordsTopic topic in request.Topics)
        {
            var answer = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            foreach (DeleteRecordsRequest.DeleteRecordsPartition asked in topic.Partitions)
            {
                if (turns.IsOver())
                {
                    await Task.Yield();
                }

                ErrorCode error = TryDelete(new TopicPartition(topic.Name, asked.PartitionIndex), asked.Offset, out long lowWatermark);
                answer.Partitions.Add(new() { PartitionIndex = asked.PartitionIndex, ErrorCode = error, LowWatermark = lowWatermark });
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    /// <summary>A fault concerns this partition alone.</summary>
    private ErrorCode TryDelete(TopicPartition name, long offset, out long lowWatermark)
    {
        try
        {
            return Delete(name, offset, out lowWatermark);
        }
        catch (Exception fault)
        {
            lowWatermark = -1;
            return partitions.Faults.Tell(ApiKey.DeleteRecords, name, fault);
        }
    }

    private ErrorCode Delete(TopicPartition name, long offset, out long lowWatermark)
    {
        lowWatermark = -1;
        ErrorCode error = partitions.Find(metadata.Current, name, -1, out Partition? partition);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (InternalTopics.IsInternal(name.Topic))
        {
            return ErrorCode.InvalidTopicException;
        }

        if (!partition!.Log.Options.Delete)
        {
            return ErrorCode.PolicyViolation;
        }

        error = partition.Log.MaybeIncrementStart(offset == Everything ? partition.Log.HighWatermark : offset);
        if (error == ErrorCode.None)
        {
            lowWatermark = partition.Log.LogStartOffset;
            partition.TellNews(0);
        }

        return error;
    }
}

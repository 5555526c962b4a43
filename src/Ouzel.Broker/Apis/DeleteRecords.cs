using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Moves the start of partitions up, so that everything before an offset is gone; -1 means everything.</summary>
/// <remarks>v1 as v0. v2 flexible.</remarks>
internal sealed class DeleteRecordsApi(MetadataCache metadata, PartitionTable partitions) : IApi<DeleteRecordsRequest, DeleteRecordsResponse>
{
    private const long Everything = -1;

    public async ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context)
    {
        var response = new DeleteRecordsResponse();
        var moved = new List<(LogDirectory Directory, DeleteRecordsResponse.DeleteRecordsPartitionResult Result)>();
        var turns = new Turns(Turns.Read);
        foreach (var topic in request.Topics)
        {
            var answer = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            var isDenied = !context.May(AclOperation.Delete, ResourceType.Topic, topic.Name);
            foreach (var asked in topic.Partitions)
            {
                if (turns.IsOver())
                {
                    await Task.Yield();
                }

                var name = new TopicPartition(topic.Name, asked.PartitionIndex);
                var (error, lowWatermark) = isDenied ? (ErrorCode.TopicAuthorizationFailed, -1) : await TryDeleteAsync(name, asked.Offset);
                answer.Partitions.Add(new() { PartitionIndex = asked.PartitionIndex, ErrorCode = error, LowWatermark = lowWatermark });
                if (error == ErrorCode.None && partitions.TryGet(name, out var partition))
                {
                    moved.Add((partition.Directory, answer.Partitions[^1]));
                }
            }

            response.Topics.Add(answer);
        }

        await MakeDurableAsync(moved);
        return response;
    }

    /// <summary>Writes the new starts to the disk first, once for each directory: what was answered must survive a crash.</summary>
    private static async Task MakeDurableAsync(List<(LogDirectory Directory, DeleteRecordsResponse.DeleteRecordsPartitionResult Result)> moved)
    {
        foreach (var there in moved.GroupBy(m => m.Directory, m => m.Result))
        {
            if (await there.Key.WaitStartsDurableAsync())
            {
                continue;
            }

            foreach (var answer in there)
            {
                (answer.ErrorCode, answer.LowWatermark) = (ErrorCode.KafkaStorageError, -1);
            }
        }
    }

    /// <summary>A fault concerns this partition alone.</summary>
    private async ValueTask<(ErrorCode Error, long LowWatermark)> TryDeleteAsync(TopicPartition name, long offset)
    {
        try
        {
            return await DeleteAsync(name, offset);
        }
        catch (Exception fault)
        {
            return (partitions.Faults.Tell(ApiKey.DeleteRecords, name, fault), -1);
        }
    }

    private async ValueTask<(ErrorCode Error, long LowWatermark)> DeleteAsync(TopicPartition name, long offset)
    {
        var error = partitions.Find(metadata.Current, name, -1, out var partition);
        if (error != ErrorCode.None)
        {
            return (error, -1);
        }

        if (InternalTopicNames.IsInternal(name.Topic))
        {
            return (ErrorCode.InvalidTopicException, -1);
        }

        if (!partition!.Log.Options.Delete)
        {
            return (ErrorCode.PolicyViolation, -1);
        }

        error = await partition.DoAsync(() => partition.Log.MaybeIncrementStart(offset == Everything ? partition.Log.HighWatermark : offset));
        if (error != ErrorCode.None)
        {
            return (partition.ReasonOf(error), -1);
        }

        partition.TellNews(0);
        return (ErrorCode.None, partition.Log.LogStartOffset);
    }
}

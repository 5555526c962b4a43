using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>The producers that partitions remember, with their last sequence and open transaction (KIP-664). Any replica may answer.</summary>
internal sealed class DescribeProducersApi(MetadataCache metadata, PartitionTable partitions) : IApi<DescribeProducersRequest, DescribeProducersResponse>, ILongResponse<DescribeProducersRequest>
{
    /// <summary>A producer in the response: its object, its place in the list, its encoding.</summary>
    private const int ProducerBytes = 160;

    public long ResponseBytes(DescribeProducersRequest request, RequestContext context)
    {
        long producers = 0;
        foreach (var topic in request.Topics)
        {
            foreach (var index in topic.PartitionIndexes)
            {
                producers += partitions.TryGet(new TopicPartition(topic.Name, index), out var partition) ? partition.Log.ProducerCount : 0;
            }
        }

        return producers * ProducerBytes;
    }

    public async ValueTask<DescribeProducersResponse> HandleAsync(DescribeProducersRequest request, RequestContext context)
    {
        var response = new DescribeProducersResponse();
        var turns = new Turns(Turns.LookedUp);
        foreach (var topic in request.Topics)
        {
            var answer = new DescribeProducersResponse.TopicResponse { Name = topic.Name };
            var isDenied = !context.May(AclOperation.Read, ResourceType.Topic, topic.Name);
            foreach (var index in topic.PartitionIndexes)
            {
                var told = isDenied
                    ? new DescribeProducersResponse.PartitionResponse { PartitionIndex = index, ErrorCode = ErrorCode.TopicAuthorizationFailed, ErrorMessage = Authorizer.Denied }
                    : await LookAsync(new TopicPartition(topic.Name, index));
                answer.Partitions.Add(told);
                if (turns.IsOver(1 + told.ActiveProducers.Count))
                {
                    await Task.Yield();
                }
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    /// <summary>A fault concerns this partition alone.</summary>
    private async ValueTask<DescribeProducersResponse.PartitionResponse> LookAsync(TopicPartition name)
    {
        var told = new DescribeProducersResponse.PartitionResponse { PartitionIndex = name.Partition };
        try
        {
            told.ErrorCode = partitions.Find(metadata.Current, name, -1, out var partition, leaderOnly: false);
            if (told.ErrorCode == ErrorCode.None)
            {
                told.ActiveProducers.AddRange((await partition!.DoAsync(partition.Log.ActiveProducers)).Select(Told));
            }
        }
        catch (Exception fault)
        {
            told.ErrorCode = partitions.Faults.Tell(ApiKey.DescribeProducers, name, fault);
        }

        return told;
    }

    private static DescribeProducersResponse.ProducerState Told(ActiveProducer producer) => new()
    {
        ProducerId = producer.ProducerId,
        ProducerEpoch = producer.Epoch,
        LastSequence = producer.LastSequence,
        LastTimestamp = producer.LastTimestampMs,
        CoordinatorEpoch = producer.CoordinatorEpoch,
        CurrentTxnStartOffset = producer.TransactionFirstOffset,
    };
}

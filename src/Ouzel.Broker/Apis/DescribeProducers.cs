using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>The producers that partitions remember, with their last sequence and open transaction (KIP-664). Any replica may answer.</summary>
internal sealed class DescribeProducersApi(MetadataCache metadata, PartitionTable partitions) : IApi<DescribeProducersRequest, DescribeProducersResponse>
{
    public ValueTask<DescribeProducersResponse> HandleAsync(DescribeProducersRequest request, RequestContext context)
    {
        var response = new DescribeProducersResponse();
        foreach (DescribeProducersRequest.TopicRequest topic in request.Topics)
        {
            var answer = new DescribeProducersResponse.TopicResponse { Name = topic.Name };
            foreach (int index in topic.PartitionIndexes)
            {
                ErrorCode error = partitions.Find(metadata.Current, new TopicPartition(topic.Name, index), -1, out Partition? partition, leaderOnly: false);
                var told = new DescribeProducersResponse.PartitionResponse { PartitionIndex = index, ErrorCode = error };
                if (error == ErrorCode.None)
                {
                    told.ActiveProducers.AddRange(partition!.Log.ActiveProducers().Select(Told));
                }

                answer.Partitions.Add(told);
            }

            response.Topics.Add(answer);
        }

        return new(response);
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

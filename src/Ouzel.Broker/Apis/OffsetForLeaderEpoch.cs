using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Where a leader epoch ended: how consumers and followers find the point at which their log leaves the leader's (KIP-101, KIP-320).</summary>
/// <remarks>v1 leader epoch in the answer. v2 the asker's epoch. v3 replica id. v4 flexible.</remarks>
internal sealed class OffsetForLeaderEpochApi(MetadataCache metadata, PartitionTable partitions) : IApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    public ValueTask<OffsetForLeaderEpochResponse> HandleAsync(OffsetForLeaderEpochRequest request, RequestContext context)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic in request.Topics)
        {
            var answer = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
            foreach (OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked in topic.Partitions)
            {
                ErrorCode error = partitions.Find(metadata.Current, new TopicPartition(topic.Topic, asked.Partition), asked.CurrentLeaderEpoch, out Partition? partition);
                (int epoch, long endOffset) = error == ErrorCode.None ? partition!.Log.EndOffsetForEpoch(asked.LeaderEpoch) : (-1, -1);
                answer.Partitions.Add(new() { Partition = asked.Partition, ErrorCode = error, LeaderEpoch = epoch, EndOffset = endOffset });
            }

            response.Topics.Add(answer);
        }

        return new(response);
    }
}

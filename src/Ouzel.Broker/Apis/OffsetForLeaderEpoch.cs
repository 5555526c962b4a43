using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Tells where a leader epoch ended: consumers and followers so find the point at which their log leaves the leader's (KIP-101, KIP-320).</summary>
/// <remarks>v1 leader epoch in the response. v2 the asker's epoch. v3 replica id. v4 flexible.</remarks>
internal sealed class OffsetForLeaderEpochApi(MetadataCache metadata, PartitionTable partitions) : IApi<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    public async ValueTask<OffsetForLeaderEpochResponse> HandleAsync(OffsetForLeaderEpochRequest request, RequestContext context)
    {
        var response = new OffsetForLeaderEpochResponse();
        var turns = new Turns(Turns.LookedUp);
        var isBroker = !context.IsUnrestricted && context.MayCluster(AclOperation.ClusterAction);
        foreach (var topic in request.Topics)
        {
            var isDenied = !isBroker && !context.May(AclOperation.Describe, ResourceType.Topic, topic.Topic);
            var answer = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
            foreach (var asked in topic.Partitions)
            {
                if (turns.IsOver())
                {
                    await Task.Yield();
                }

                answer.Partitions.Add(isDenied
                    ? new() { Partition = asked.Partition, ErrorCode = ErrorCode.TopicAuthorizationFailed, LeaderEpoch = -1, EndOffset = -1 }
                    : Look(topic.Topic, asked));
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    /// <summary>A fault concerns this partition alone.</summary>
    private OffsetForLeaderEpochResponse.EpochEndOffset Look(string topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        var name = new TopicPartition(topic, asked.Partition);
        var told = new OffsetForLeaderEpochResponse.EpochEndOffset { Partition = asked.Partition, LeaderEpoch = -1, EndOffset = -1 };
        try
        {
            told.ErrorCode = partitions.Find(metadata.Current, name, asked.CurrentLeaderEpoch, out var partition);
            if (told.ErrorCode == ErrorCode.None)
            {
                (told.LeaderEpoch, told.EndOffset) = partition!.Log.EndOffsetForEpoch(asked.LeaderEpoch);
            }
        }
        catch (Exception fault)
        {
            told.ErrorCode = partitions.Faults.Tell(ApiKey.OffsetForLeaderEpoch, name, fault);
        }

        return told;
    }
}

using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Connections;

/// <summary>The field of responses that says how long the client shall send nothing on this connection (KIP-219).</summary>
internal static class ThrottleTime
{
    /// <returns>Milliseconds; 0 also for the APIs whose quota brokers do not enforce on clients.</returns>
    public static int Of(IKafkaResponse response) => response switch
    {
        ProduceResponse produce => produce.ThrottleTimeMs,
        FetchResponse fetch => fetch.ThrottleTimeMs,
        MetadataResponse metadata => metadata.ThrottleTimeMs,
        ListOffsetsResponse offsets => offsets.ThrottleTimeMs,
        OffsetCommitResponse commit => commit.ThrottleTimeMs,
        OffsetFetchResponse committed => committed.ThrottleTimeMs,
        FindCoordinatorResponse coordinator => coordinator.ThrottleTimeMs,
        HeartbeatResponse heartbeat => heartbeat.ThrottleTimeMs,
        JoinGroupResponse join => join.ThrottleTimeMs,
        SyncGroupResponse sync => sync.ThrottleTimeMs,
        ConsumerGroupHeartbeatResponse heartbeat => heartbeat.ThrottleTimeMs,
        CreateTopicsResponse create => create.ThrottleTimeMs,
        DeleteTopicsResponse delete => delete.ThrottleTimeMs,
        CreatePartitionsResponse create => create.ThrottleTimeMs,
        DescribeConfigsResponse configs => configs.ThrottleTimeMs,
        InitProducerIdResponse producer => producer.ThrottleTimeMs,
        _ => 0,
    };
}

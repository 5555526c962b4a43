using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>The errors that a coordinator's client is told when the coordinator's log refused a record.</summary>
internal static class CoordinatorErrors
{
    /// <summary>Maps an append's error: retriable ones send the client looking for its coordinator again, the rest is no fault of the client.</summary>
    public static ErrorCode FromAppend(ErrorCode error) => error switch
    {
        ErrorCode.None => ErrorCode.None,
        ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.NotCoordinator => ErrorCode.NotCoordinator,
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.RequestTimedOut
            or ErrorCode.KafkaStorageError or ErrorCode.CoordinatorNotAvailable
            => ErrorCode.CoordinatorNotAvailable,
        _ => ErrorCode.UnknownServerError,
    };
}

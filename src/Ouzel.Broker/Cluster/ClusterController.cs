using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// The controller as handlers see it: each call is decided, committed and seen by everybody on this node before it is answered.
/// All calls may be made from any thread; they take turns.
/// </summary>
/// <param name="active">Where changes take turns.</param>
/// <param name="machine">Decides.</param>
/// <param name="self">This broker.</param>
/// <param name="voters">Of the metadata log; null where settings name them.</param>
internal sealed class ClusterController(IDecisions active, Controller machine, BrokerSelf self, Func<VotersRecord?> voters)
{
    public ValueTask<CreateTopicsResponse> CreateTopicsAsync(CreateTopicsRequest request, Func<string, bool> describable) =>
        active.DecideAsync((image, _) => machine.CreateTopics(image, request, describable));

    public ValueTask<DeleteTopicsResponse> DeleteTopicsAsync(IReadOnlyList<DeleteTopicsRequest.DeleteTopicState> rows, Func<string, DeletionRight> rightTo) =>
        active.DecideAsync((image, _) => machine.DeleteTopics(image, rows, rightTo));

    public ValueTask<CreatePartitionsResponse> CreatePartitionsAsync(CreatePartitionsRequest request, Func<string, bool> mayAlter) =>
        active.DecideAsync((image, _) => machine.CreatePartitions(image, request, mayAlter));

    public ValueTask<ElectLeadersResponse> ElectLeadersAsync(ElectLeadersRequest request) =>
        active.DecideAsync((image, _) => machine.ElectLeaders(image, request));

    public ValueTask<AlterPartitionReassignmentsResponse> AlterPartitionReassignmentsAsync(AlterPartitionReassignmentsRequest request) =>
        active.DecideAsync((image, _) => machine.AlterPartitionReassignments(image, request));

    public ValueTask<AlterPartitionResponse> AlterPartitionAsync(AlterPartitionRequest request) =>
        active.DecideAsync((image, _) => machine.AlterPartition(image, request));

    public ValueTask<UpdateFeaturesResponse> UpdateFeaturesAsync(UpdateFeaturesRequest request) =>
        active.DecideAsync((image, _) => machine.UpdateFeatures(image, request, voters() is null ? (short)0 : (short)1));

    public ValueTask<BrokerRegistrationResponse> RegisterBrokerAsync(BrokerRegistrationRequest request) =>
        active.DecideAsync((image, offset) => machine.RegisterBroker(image, request, offset));

    public ValueTask<BrokerHeartbeatResponse> HeartbeatAsync(BrokerHeartbeatRequest request) =>
        active.DecideAsync((image, _) => machine.Heartbeat(image, request));

    public ValueTask<UnregisterBrokerResponse> UnregisterBrokerAsync(int brokerId) =>
        active.DecideAsync((image, _) => machine.UnregisterBroker(image, brokerId));

    public ValueTask<UnregisterControllerResponse> UnregisterControllerAsync(int controllerId) =>
        active.DecideAsync((image, _) => machine.UnregisterController(image, controllerId));

    /// <summary>
    /// Stores settings of one resource. What to store is decided by <paramref name="decide"/> from the resource's own settings at that moment, so that
    /// changes made at the same time are not lost. With <paramref name="validateOnly"/> nothing is stored.
    /// </summary>
    public ValueTask<(ErrorCode Code, string? Message)> AlterConfigsAsync(
        Func<ClusterImage, (ErrorCode Code, string? Message, IReadOnlyList<ConfigWrite> Writes)> decide, bool validateOnly = false) =>
        active.DecideAsync((image, _) =>
        {
            var (code, message, writes) = decide(image);
            if (code != ErrorCode.None)
            {
                return Decision<(ErrorCode, string?)>.Refusal((code, message));
            }

            var decision = machine.AlterConfigs(image, writes);
            return validateOnly ? Decision<(ErrorCode, string?)>.Refusal(decision.Response) : decision;
        });

    /// <summary>Stores settings that were found good already.</summary>
    public ValueTask<(ErrorCode Code, string? Message)> AlterConfigsAsync(IReadOnlyList<ConfigWrite> writes) =>
        active.DecideAsync((image, _) => machine.AlterConfigs(image, writes));

    /// <summary>A block of producer ids for this broker to hand out.</summary>
    public async ValueTask<ProducerIdBlock> AllocateProducerIdsAsync()
    {
        var answer = await active.DecideAsync((image, _) => machine.AllocateProducerIds(image, new() { BrokerId = self.Id, BrokerEpoch = self.Epoch }));
        return answer.ErrorCode == ErrorCode.None
            ? new ProducerIdBlock(answer.ProducerIdStart, answer.ProducerIdLen)
            : throw new ControllerFailedException($"No producer ids: {answer.ErrorCode}");
    }
}

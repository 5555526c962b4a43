using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Testing;

/// <summary>A refusal of a request, or of a part of it.</summary>
/// <param name="IsWhole">Nothing is left for the broker.</param>
/// <param name="AddTo">Puts the errors into a response: an empty one, or the broker's to the rest.</param>
internal readonly record struct Refusal(bool IsWhole, Action<object> AddTo);

/// <summary>The places of errors in responses.</summary>
internal static class Refusals
{
    /// <summary>First version of FindCoordinator that asks for several keys.</summary>
    private const short ManyKeysFrom = 4;

    /// <summary>First version of OffsetFetch that asks for several groups.</summary>
    private const short ManyGroupsFrom = 8;

    /// <summary>The APIs that <see cref="Fault.Reply"/> can refuse.</summary>
    public static IReadOnlyList<ApiKey> Known { get; } =
    [
        ApiKey.Produce, ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.Metadata, ApiKey.OffsetCommit, ApiKey.OffsetFetch, ApiKey.FindCoordinator, ApiKey.JoinGroup, ApiKey.Heartbeat,
        ApiKey.LeaveGroup, ApiKey.SyncGroup, ApiKey.CreateTopics, ApiKey.DeleteTopics, ApiKey.InitProducerId,
    ];

    public static bool Knows(ApiKey api) => Known.Contains(api);

    /// <summary>Takes what the fault concerns out of the request.</summary>
    public static bool TryRefuse(object request, short version, Fault fault, Func<Uuid, string?> nameOf, out Refusal refusal)
    {
        var error = fault.Error;
        refusal = request switch
        {
            ProduceRequest r => OfProduce(r, fault, nameOf),
            FetchRequest r => OfFetch(r, fault, nameOf),
            ListOffsetsRequest r => OfListOffsets(r, fault),
            OffsetCommitRequest r => OfCommit(r, fault, nameOf),
            CreateTopicsRequest r => OfCreation(r, fault),
            DeleteTopicsRequest r => OfDeletion(r, fault, nameOf),
            MetadataRequest => new(IsWhole: false, response => MarkTopics((MetadataResponse)response, fault)),
            FindCoordinatorRequest r when version >= ManyKeysFrom => Whole<FindCoordinatorResponse>(response => response.Coordinators.AddRange(
                r.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = -1, Port = -1, ErrorCode = error }))),
            FindCoordinatorRequest => Whole<FindCoordinatorResponse>(response => (response.ErrorCode, response.NodeId, response.Port) = (error, -1, -1)),
            OffsetFetchRequest r when version >= ManyGroupsFrom => Whole<OffsetFetchResponse>(response => response.Groups.AddRange(
                r.Groups.Select(group => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId, ErrorCode = error }))),
            OffsetFetchRequest => Whole<OffsetFetchResponse>(response => response.ErrorCode = error),
            JoinGroupRequest r => Whole<JoinGroupResponse>(response => (response.ErrorCode, response.MemberId) = (error, r.MemberId)),
            SyncGroupRequest => Whole<SyncGroupResponse>(response => response.ErrorCode = error),
            HeartbeatRequest => Whole<HeartbeatResponse>(response => response.ErrorCode = error),
            LeaveGroupRequest => Whole<LeaveGroupResponse>(response => response.ErrorCode = error),
            InitProducerIdRequest => Whole<InitProducerIdResponse>(response => (response.ErrorCode, response.ProducerId, response.ProducerEpoch) = (error, -1, -1)),
            _ => default,
        };
        return refusal.AddTo is not null;
    }

    private static Refusal Whole<TResponse>(Action<TResponse> tell) => new(IsWhole: true, response => tell((TResponse)response));

    private static Refusal OfProduce(ProduceRequest request, Fault fault, Func<Uuid, string?> nameOf)
    {
        var taken = Take(request.TopicData, t => t.PartitionData, (t, p) => fault.Concerns(NameOf(t.Name, t.TopicId, nameOf), p.Index));
        return new(request.TopicData.Count == 0, response => ((ProduceResponse)response).Responses.AddRange(taken.Select(t => new ProduceResponse.TopicProduceResponse
        {
            Name = t.Topic.Name,
            TopicId = t.Topic.TopicId,
            PartitionResponses = [.. t.Parts.Select(p => new ProduceResponse.PartitionProduceResponse { Index = p.Index, ErrorCode = fault.Error, BaseOffset = -1 })],
        })));
    }

    private static Refusal OfFetch(FetchRequest request, Fault fault, Func<Uuid, string?> nameOf)
    {
        var taken = Take(request.Topics, t => t.Partitions, (t, p) => fault.Concerns(NameOf(t.Topic, t.TopicId, nameOf), p.Partition));
        return new(request.Topics.Count == 0, response => ((FetchResponse)response).Responses.AddRange(taken.Select(t => new FetchResponse.FetchableTopicResponse
        {
            Topic = t.Topic.Topic,
            TopicId = t.Topic.TopicId,
            Partitions = [.. t.Parts.Select(p => new FetchResponse.PartitionData
            {
                PartitionIndex = p.Partition, ErrorCode = fault.Error, HighWatermark = -1, AbortedTransactions = null, Records = Protocol.Records.MemoryRecords.Empty,
            })],
        })));
    }

    private static Refusal OfListOffsets(ListOffsetsRequest request, Fault fault)
    {
        var taken = Take(request.Topics, t => t.Partitions, (t, p) => fault.Concerns(t.Name, p.PartitionIndex));
        return new(request.Topics.Count == 0, response => ((ListOffsetsResponse)response).Topics.AddRange(taken.Select(t => new ListOffsetsResponse.ListOffsetsTopicResponse
        {
            Name = t.Topic.Name,
            Partitions = [.. t.Parts.Select(p => new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = p.PartitionIndex, ErrorCode = fault.Error })],
        })));
    }

    private static Refusal OfCommit(OffsetCommitRequest request, Fault fault, Func<Uuid, string?> nameOf)
    {
        var taken = Take(request.Topics, t => t.Partitions, (t, p) => fault.Concerns(NameOf(t.Name, t.TopicId, nameOf), p.PartitionIndex));
        return new(request.Topics.Count == 0, response => ((OffsetCommitResponse)response).Topics.AddRange(taken.Select(t => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = t.Topic.Name,
            TopicId = t.Topic.TopicId,
            Partitions = [.. t.Parts.Select(p => new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = p.PartitionIndex, ErrorCode = fault.Error })],
        })));
    }

    private static Refusal OfCreation(CreateTopicsRequest request, Fault fault)
    {
        var taken = request.Topics.Where(t => fault.Concerns(t.Name, -1)).ToList();
        request.Topics.RemoveAll(taken.Contains);
        return new(request.Topics.Count == 0, response => ((CreateTopicsResponse)response).Topics.AddRange(
            taken.Select(t => new CreateTopicsResponse.CreatableTopicResult { Name = t.Name, ErrorCode = fault.Error, ErrorMessage = null })));
    }

    private static Refusal OfDeletion(DeleteTopicsRequest request, Fault fault, Func<Uuid, string?> nameOf)
    {
        var names = request.TopicNames.Where(name => fault.Concerns(name, -1)).ToList();
        var taken = request.Topics.Where(t => fault.Concerns(NameOf(t.Name ?? "", t.TopicId, nameOf), -1)).ToList();
        request.TopicNames.RemoveAll(names.Contains);
        request.Topics.RemoveAll(taken.Contains);
        return new(request.Topics.Count + request.TopicNames.Count == 0, response => ((DeleteTopicsResponse)response).Responses.AddRange(
            names.Select(name => new DeleteTopicsResponse.DeletableTopicResult { Name = name, ErrorCode = fault.Error })
                .Concat(taken.Select(t => new DeleteTopicsResponse.DeletableTopicResult { Name = t.Name, TopicId = t.TopicId, ErrorCode = fault.Error }))));
    }

    private static void MarkTopics(MetadataResponse response, Fault fault)
    {
        foreach (var topic in response.Topics.Where(t => fault.Concerns(t.Name ?? "", -1)))
        {
            topic.ErrorCode = fault.Error;
            topic.Partitions.Clear();
        }
    }

    private static string NameOf(string name, Uuid id, Func<Uuid, string?> nameOf) => name.Length > 0 ? name : nameOf(id) ?? "";

    private static List<(TTopic Topic, List<TPart> Parts)> Take<TTopic, TPart>(List<TTopic> topics, Func<TTopic, List<TPart>> partsOf, Func<TTopic, TPart, bool> isHit)
    {
        var taken = new List<(TTopic, List<TPart>)>();
        foreach (var topic in topics)
        {
            var parts = partsOf(topic);
            if (parts.FindAll(part => isHit(topic, part)) is { Count: > 0 } hit)
            {
                taken.Add((topic, hit));
                parts.RemoveAll(hit.Contains);
            }
        }

        topics.RemoveAll(topic => partsOf(topic).Count == 0);
        return taken;
    }
}

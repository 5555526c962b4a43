using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>
/// The coordinator that the group APIs call: finds the partition of __consumer_offsets that holds a group and runs the request on its shard. Topics are
/// resolved here, so that a shard knows only names and offsets.
/// </summary>
/// <param name="options">Sizes and times.</param>
/// <param name="metadata">Which topics there are.</param>
/// <param name="random">Makes member ids.</param>
/// <param name="time">The node's clock.</param>
/// <param name="loggers">For what goes wrong.</param>
/// <param name="memory">What groups may take.</param>
internal sealed partial class GroupCoordinator(
    GroupOptions options, MetadataCache metadata, Random random, TimeProvider time, ILoggerFactory loggers, MemoryLane memory) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<GroupCoordinator>();
    private readonly GroupMemory _memory = new(memory, time, loggers.CreateLogger<GroupCoordinator>());
    private readonly Lock _randomGate = new();
    private Coordinator<GroupShard>? _shards;

    /// <summary>The partitions of __consumer_offsets that this node leads.</summary>
    public Coordinator<GroupShard> Shards => LazyInitializer.EnsureInitialized(ref _shards, () => new Coordinator<GroupShard>(
        InternalTopicNames.ConsumerOffsets, led => new GroupShard(options, NewUuid, _memory, _logger, led.Recovered), metadata, time, _logger, TellLoaded));

    public async ValueTask<JoinGroupResponse> JoinGroupAsync(JoinGroupRequest request, GroupRequestContext context, RequestContext? waiter = null) => await RunAsync(
        request.GroupId, (s, now, reply) => s.Join(request, context, now, reply), e => ClassicResponses.JoinError(e, request.MemberId, context.Version), waiter);

    public async ValueTask<SyncGroupResponse> SyncGroupAsync(SyncGroupRequest request, GroupRequestContext context, RequestContext? waiter = null) =>
        await RunAsync(request.GroupId, (s, now, reply) => s.Sync(request, context, now, reply), ClassicResponses.SyncError, waiter);

    public async ValueTask<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request) =>
        await RunAsync(request.GroupId, (s, now, reply) => s.Heartbeat(request, now, reply), e => new HeartbeatResponse { ErrorCode = e });

    public async ValueTask<LeaveGroupResponse> LeaveGroupAsync(LeaveGroupRequest request) =>
        await RunAsync(request.GroupId, (s, now, reply) => s.Leave(request, now, reply), e => new LeaveGroupResponse { ErrorCode = e });

    /// <param name="request">Which groups.</param>
    /// <param name="context">Whose version.</param>
    /// <param name="charge">What the response is taken from; null for nothing.</param>
    public async ValueTask<DescribeGroupsResponse> DescribeGroupsAsync(DescribeGroupsRequest request, GroupRequestContext context, ResponseCharge? charge = null)
    {
        var response = new DescribeGroupsResponse();
        if (charge is not null)
        {
            long bytes = 0;
            await Coordinator<GroupShard>.EachAsync(request.Groups, g => RunAsync(g, (s, _, reply) => Respond(reply, s.DescribedBytes(g)), _ => 0L), more => bytes += more);
            if (!await charge.TryTakeAsync(bytes))
            {
                response.Groups.AddRange(request.Groups.Select(g => Failed(g, ErrorCode.CoordinatorNotAvailable)));
                return response;
            }
        }

        await Coordinator<GroupShard>.EachAsync(request.Groups, g => RunAsync(g, (s, _, reply) => Respond(reply, s.Describe(g) ?? Unknown(g, context)), e => Failed(g, e)), group =>
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.Group;
            }

            response.Groups.Add(group);
        });
        return response;

        static DescribeGroupsResponse.DescribedGroup Failed(string groupId, ErrorCode error) => new() { GroupId = groupId, ErrorCode = error };
    }

    /// <param name="request">Which of them.</param>
    /// <param name="charge">What the response is taken from; null for nothing.</param>
    public async ValueTask<ListGroupsResponse> ListGroupsAsync(ListGroupsRequest request, ResponseCharge? charge = null)
    {
        if (charge is not null)
        {
            long bytes = 0;
            await Coordinator<GroupShard>.EachAsync(Shards.Shards, shard => shard.RunAsync<long>((s, _, reply) => Respond(reply, s.ListedBytes()), _ => 0), more => bytes += more);
            if (!await charge.TryTakeAsync(bytes))
            {
                return new ListGroupsResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable };
            }
        }

        Task<(ErrorCode Error, List<ListGroupsResponse.ListedGroup> Groups)>[] listed =
        [
            // A lost partition must not hide the groups of all others; one that is being read will be there in a moment.
            .. Shards.Shards.Where(shard => !shard.IsLost).Select(shard => shard.RunAsync<(ErrorCode, List<ListGroupsResponse.ListedGroup>)>(
                (s, _, reply) => Respond(reply, (ErrorCode.None, s.List().Where(g => Matches(request, g)).ToList())), e => (e, []))),
        ];
        var response = new ListGroupsResponse();
        foreach (var task in listed)
        {
            var (error, groups) = await task;
            response.Groups.AddRange(groups);
            if (error is not (ErrorCode.None or ErrorCode.NotCoordinator))
            {
                // Better no list than one that looks whole.
                return new ListGroupsResponse { ErrorCode = error };
            }
        }

        return response;
    }

    public async ValueTask<DeleteGroupsResponse> DeleteGroupsAsync(DeleteGroupsRequest request)
    {
        // Kafka answers a group named twice once.
        string[] names = [.. request.GroupsNames.Distinct()];
        var response = new DeleteGroupsResponse();
        await Coordinator<GroupShard>.EachAsync(
            names, g => RunAsync(g, (s, _, reply) => s.DeleteGroup(g, reply), e => e),
            error => response.Results.Add(new DeleteGroupsResponse.DeletableGroupResult { GroupId = names[response.Results.Count], ErrorCode = error }));
        return response;
    }

    public void Dispose() => Shards.Dispose();

    private static CoordinatorStep Respond<T>(Reply<T> reply, T value)
    {
        reply.Set(value);
        return CoordinatorStep.Done;
    }

    private static bool Matches(ListGroupsRequest request, ListGroupsResponse.ListedGroup group) =>
        (request.StatesFilter.Count == 0 || request.StatesFilter.Contains(group.GroupState, StringComparer.OrdinalIgnoreCase))
        && (request.TypesFilter.Count == 0 || request.TypesFilter.Contains(group.GroupType, StringComparer.OrdinalIgnoreCase));

    /// <summary>Up to version 5 an unknown group is a dead one; from version 6 (KIP-1043) it is an error.</summary>
    private static DescribeGroupsResponse.DescribedGroup Unknown(string groupId, GroupRequestContext context) => new()
    {
        GroupId = groupId,
        GroupState = "Dead",
        ErrorCode = context.Version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None,
        ErrorMessage = context.Version >= 6 ? $"Group {groupId} not found." : null,
    };

    private Task<T> RunAsync<T>(
        string groupId, Func<GroupShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Func<ErrorCode, T> failure, RequestContext? waiter = null) =>
        Shards.RunAsync(groupId, operation, failure, waiter);

    private void TellLoaded(int partitions, long ms)
    {
        var (groups, offsets) = (0, 0L);
        foreach (var shard in Shards.Shards)
        {
            var (ofShard, offsetsOfShard) = shard.Shard?.Counts ?? default;
            (groups, offsets) = (groups + ofShard, offsets + offsetsOfShard);
        }

        GroupEvents.Coordinating(_logger, partitions, groups, offsets, ms);
    }

    /// <summary>A random UUID (version 4) as text; shards run side by side, the source is one.</summary>
    private string NewUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_randomGate)
        {
            random.NextBytes(bytes);
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}

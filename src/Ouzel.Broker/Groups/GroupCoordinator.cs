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
/// What the group APIs call: finds the partition of __consumer_offsets that holds a group and runs the request on its shard.
/// Topics are resolved here, so that a shard knows only names and offsets.
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
    /// <summary>Parts of one request that wait for their shards at one time.</summary>
    private const int PartsAtOnceMax = 256;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, ShardRuntime<GroupShard>> _shards = [];
    private readonly ILogger _logger = loggers.CreateLogger<GroupCoordinator>();
    private readonly GroupMemory _memory = new(memory, time, loggers.CreateLogger<GroupCoordinator>());
    private CoordinatorLoads? _loads;

    /// <summary>Told when somebody wants a partition that has no shard here: its replica may still have to be opened.</summary>
    public Action<int> Missing { get; set; } = static _ => { };

    /// <summary>The partitions that are being read.</summary>
    public CoordinatorLoads Loads => LazyInitializer.EnsureInitialized(ref _loads, () => new CoordinatorLoads(time, TellLoaded));

    /// <summary>This node leads a partition: its groups are read, then served.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="log">Its log.</param>
    /// <param name="leaderEpoch">Only a newer one counts.</param>
    /// <param name="recovered">How far the logs reached after a stop that was not clean.</param>
    public void Lead(int partition, ICoordinatorLog log, int leaderEpoch, RecoveredEnds? recovered = null)
    {
        ShardRuntime<GroupShard>? shard;
        lock (_gate)
        {
            if (!_shards.TryGetValue(partition, out shard))
            {
                shard = new ShardRuntime<GroupShard>(
                    $"{InternalTopics.ConsumerOffsets}-{partition}", () => new GroupShard(options, NewUuid, _memory, _logger, recovered), log, time, _logger, Loads);
                _shards[partition] = shard;
            }
        }

        shard.Lead(leaderEpoch);
    }

    /// <summary>This node no longer leads a partition.</summary>
    public void Resign(int partition, int leaderEpoch)
    {
        ShardRuntime<GroupShard>? shard;
        lock (_gate)
        {
            _shards.TryGetValue(partition, out shard);
        }

        shard?.Resign(leaderEpoch);
    }

    /// <summary>The partition itself is gone: a new one of the same number begins from nothing.</summary>
    public void Forget(int partition)
    {
        ShardRuntime<GroupShard>? shard;
        lock (_gate)
        {
            _shards.Remove(partition, out shard);
        }

        shard?.Dispose();
    }

    /// <summary>Whether a partition that this node leads cannot be served: its log is not there, cannot be read, or its disk is gone.</summary>
    public bool IsLost(int partition) => ShardOf(partition) is not { IsLost: false };

    /// <summary>A log directory went offline: whoever waits for a group whose partition was there is told.</summary>
    public void OnDirectoryOffline()
    {
        foreach (var shard in Shards())
        {
            shard.CheckLog();
        }
    }

    /// <summary>Topics were deleted: no group keeps offsets for them.</summary>
    public void OnTopicsDeleted(IReadOnlySet<string> deleted)
    {
        foreach (var shard in Shards())
        {
            shard.Post((s, _) => s.ForgetTopics(deleted));
        }
    }

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
            await EachAsync(request.Groups, g => RunAsync(g, (s, _, reply) => Respond(reply, s.DescribedBytes(g)), _ => 0L), more => bytes += more);
            if (!await charge.TryTakeAsync(bytes))
            {
                response.Groups.AddRange(request.Groups.Select(g => Failed(g, ErrorCode.CoordinatorNotAvailable)));
                return response;
            }
        }

        await EachAsync(request.Groups, g => RunAsync(g, (s, _, reply) => Respond(reply, s.Describe(g) ?? Unknown(g, context)), e => Failed(g, e)), group =>
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
            await EachAsync(Shards(), shard => shard.RunAsync<long>((s, _, reply) => Respond(reply, s.ListedBytes()), _ => 0), more => bytes += more);
            if (!await charge.TryTakeAsync(bytes))
            {
                return new ListGroupsResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable };
            }
        }

        Task<(ErrorCode Error, List<ListGroupsResponse.ListedGroup> Groups)>[] listed =
        [
            // A lost partition must not hide the groups of all others; one that is being read will be there in a moment.
            .. Shards().Where(shard => !shard.IsLost).Select(shard => shard.RunAsync<(ErrorCode, List<ListGroupsResponse.ListedGroup>)>(
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
        await EachAsync(
            names, g => RunAsync(g, (s, _, reply) => s.DeleteGroup(g, reply), e => e),
            error => response.Results.Add(new DeleteGroupsResponse.DeletableGroupResult { GroupId = names[response.Results.Count], ErrorCode = error }));
        return response;
    }

    public void Dispose()
    {
        foreach (var shard in Shards())
        {
            shard.Dispose();
        }
    }

    /// <summary>Does the parts of a request, a bounded number of them at a time, and takes what comes of them in their order.</summary>
    private static async ValueTask EachAsync<TPart, TResult>(IReadOnlyList<TPart> parts, Func<TPart, Task<TResult>> begin, Action<TResult> take)
    {
        foreach (var piece in parts.Chunk(PartsAtOnceMax))
        {
            Task<TResult>[] begun = [.. piece.Select(begin)];
            foreach (var task in begun)
            {
                take(await task);
            }
        }
    }

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
        string groupId, Func<GroupShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Func<ErrorCode, T> failure, RequestContext? waiter = null)
    {
        ShardRuntime<GroupShard>? shard = null;
        var error = ErrorCode.NotCoordinator;
        if (metadata.Current.TryTopic(InternalTopics.ConsumerOffsets, out var topic))
        {
            var partition = CoordinatorPartition.Of(groupId, topic.Partitions.Length);
            shard = ShardOf(partition);
            error = topic.Partitions[partition].Leader < 0 ? ErrorCode.CoordinatorNotAvailable : error;
        }

        return shard?.RunAsync(operation, failure, waiter) ?? Task.FromResult(failure(error));
    }

    private ShardRuntime<GroupShard>? ShardOf(int partition)
    {
        ShardRuntime<GroupShard>? shard;
        lock (_gate)
        {
            _shards.TryGetValue(partition, out shard);
        }

        if (shard is null)
        {
            Missing(partition);
        }

        return shard;
    }

    private void TellLoaded(int partitions, long ms)
    {
        var (groups, offsets) = (0, 0L);
        foreach (var shard in Shards())
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
        lock (_gate)
        {
            random.NextBytes(bytes);
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    private List<ShardRuntime<GroupShard>> Shards()
    {
        lock (_gate)
        {
            return [.. _shards.Values];
        }
    }
}

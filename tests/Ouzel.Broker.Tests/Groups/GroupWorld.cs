using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Tests.Golden;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>One shard with its records and its time in the test's hand: nothing happens but what the test does.</summary>
internal sealed class GroupWorld
{
    private readonly List<Reply> _outbox = [];
    private int _ids;

    public GroupWorld(GroupOptions? options = null, long memoryBytesMax = long.MaxValue / 4)
    {
        Options = options ?? new GroupOptions { InitialRebalanceDelayMs = 0 };
        Memory = MemoryOf(memoryBytesMax, Heard);
        Shard = NewShard();
        Run(Shard.OnLoaded(Now));
    }

    public GroupOptions Options { get; }

    /// <summary>The shard's lines in the log.</summary>
    public HeardLog Heard { get; } = new();

    public GroupShard Shard { get; private set; }

    /// <summary>The memory of all groups.</summary>
    public GroupMemory Memory { get; }

    /// <summary>The ends that the logs had reached at a stop that was not clean, for the next shard.</summary>
    public RecoveredEnds? Recovered { get; set; }

    /// <summary>The log: what was appended, in order.</summary>
    public List<CoordinatorRecord> Log { get; } = [];

    /// <summary>Records per append.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>The errors that the next appends answer instead of appending.</summary>
    public Queue<ErrorCode> AppendErrors { get; } = new();

    public CoordinatorMoment Now { get; private set; } = new(1_700_000_000_000, 1_000);

    public TestMember Member(string label, string group = "g", string type = "consumer", (string Name, byte[] Metadata)[]? protocols = null,
        int sessionMs = 30_000, int rebalanceMs = 30_000, string? instance = null, short version = 9) =>
        new(this, label, group, type, protocols ?? [("range", Bytes(label))], sessionMs, rebalanceMs, instance, version);

    public Reply<T> Reply<T>(Func<ErrorCode, T> failure) => new(_outbox, failure);

    /// <summary>Runs a step and those that follow from it.</summary>
    public void Run(CoordinatorStep step)
    {
        while (true)
        {
            var error = step.Records is { Count: > 0 } records ? Append(records, step.IsDivisible) : ErrorCode.None;
            if (step.Then is null)
            {
                return;
            }

            step = step.Then(error);
        }
    }

    /// <summary>Lets time pass, meeting every deadline at its moment.</summary>
    public void Advance(long ms)
    {
        var end = Now.TicksMs + ms;
        while (Shard.NextDeadlineMs is { } next && next <= end)
        {
            MoveTo(Math.Max(next, Now.TicksMs));
            Run(Shard.Expire(Now));
        }

        MoveTo(end);
    }

    /// <summary>Another node becomes the coordinator: all that is not in the log is gone.</summary>
    public void Failover()
    {
        Shard.Dispose();
        Shard = Reloaded();
        Run(Shard.OnLoaded(Now));
    }

    /// <summary>Makes a new coordinator's shard, which knows what the log says.</summary>
    public GroupShard Reloaded()
    {
        var shard = NewShard();
        for (var i = 0; i < Log.Count; i++)
        {
            Apply(shard, i, Log[i]);
        }

        return shard;
    }

    public ClassicGroupState? State(string group = "g") => Shard.Groups.GetValueOrDefault(group)?.State;

    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    // ------------------------------------------------------------------ offsets

    public ErrorCode Commit(string topic, int partition, long offset, int generation = -1, string member = "", string? instance = null, short version = 8,
        string? metadata = "", long retentionMs = -1, string group = "g", long commitMs = -1, int leaderEpoch = -1)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            GenerationIdOrMemberEpoch = generation,
            MemberId = member,
            GroupInstanceId = instance,
            RetentionTimeMs = retentionMs,
        };
        var answer = new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition };
        var said = new OffsetCommitRequest.OffsetCommitRequestPartition
        {
            PartitionIndex = partition,
            CommittedOffset = offset,
            CommittedMetadata = metadata,
            CommitTimestamp = commitMs,
            CommittedLeaderEpoch = leaderEpoch,
        };
        var reply = Reply<OffsetCommitResponse>(_ => new());
        Run(Shard.Commit(
            request, new GroupRequestContext(version, "c", "/h"), [new OffsetToCommit(new TopicPartition(topic, partition), Uuid.Zero, said, answer)],
            new OffsetCommitResponse(), Now, reply));
        Assert.True(reply.IsSet);
        return answer.ErrorCode;
    }

    public OffsetFound Fetch(string topic, int partition, bool stable = false, string group = "g") =>
        Assert.Single(Shard.Fetch(new OffsetQuery(group, [new TopicPartition(topic, partition)], stable)).Partitions);

    public long Position(string topic, int partition = 0, string group = "g") => Fetch(topic, partition, group: group).Offset?.Offset ?? -1;

    public (ErrorCode Top, ErrorCode Partition) DeleteOffset(string topic, int partition = 0, string group = "g")
    {
        var answer = new OffsetDeleteResponse.OffsetDeleteResponsePartition { PartitionIndex = partition };
        var reply = Reply(e => new OffsetDeleteResponse { ErrorCode = e });
        Run(Shard.DeleteOffsets(group, [new OffsetToDelete(new TopicPartition(topic, partition), answer)], new OffsetDeleteResponse(), reply));
        return (reply.Value.ErrorCode, answer.ErrorCode);
    }

    public ErrorCode DeleteGroup(string group = "g")
    {
        var reply = Reply(e => e);
        Run(Shard.DeleteGroup(group, reply));
        return reply.Value;
    }

    public string NextUuid() => new Guid(++_ids, 0, 0, new byte[8]).ToString("D");

    public static GroupMemory MemoryOf(long bytesMax, HeardLog heard)
    {
        var clock = FakeTime.New();
        return new GroupMemory(new MemoryLane(clock, bytesMax), clock, heard);
    }

    /// <summary>A shard that only folds.</summary>
    public static GroupShard EmptyShard(GroupOptions? options = null)
    {
        var heard = new HeardLog();
        return new GroupShard(options ?? new GroupOptions(), () => "", MemoryOf(long.MaxValue / 4, heard), heard);
    }

    private GroupShard NewShard() => new(Options, NextUuid, Memory, Heard, Recovered);

    private void MoveTo(long ticksMs) => Now = new CoordinatorMoment(Now.UtcMs + ticksMs - Now.TicksMs, ticksMs);

    private ErrorCode Append(IReadOnlyList<CoordinatorRecord> records, bool isDivisible)
    {
        for (int from = 0, count; from < records.Count; from += count)
        {
            if (AppendErrors.TryDequeue(out var error))
            {
                return error;
            }

            count = isDivisible ? CoordinatorPieces.Fit(records, from, 1 << 20) : records.Count;
            Batches.Add(count);
            foreach (var record in records.Skip(from).Take(count))
            {
                Log.Add(record);
                Apply(Shard, Log.Count - 1, record);
            }
        }

        return ErrorCode.None;
    }

    private static void Apply(GroupShard shard, long offset, CoordinatorRecord record) =>
        shard.Apply(offset, -1, record.Key, record.Value is { } value ? value : (ReadOnlyMemory<byte>?)null);
}

using Microsoft.Extensions.Logging;
using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Groups;

/// <summary>
/// What the groups of this node may take together: members with what they say of themselves, parts, committed offsets with their metadata. Groups stay when their clients go, so that nothing
/// but a bound keeps a stranger from filling the memory with them. Who would go beyond it is told COORDINATOR_NOT_AVAILABLE, which clients retry.
/// </summary>
/// <remarks>Weights are estimates of what the runtime takes, measured on 64 bits. Shared by all shards.</remarks>
internal sealed class GroupMemory(MemoryLane lane, TimeProvider clock, ILogger log)
{
    /// <summary>A group with its tables.</summary>
    public const int GroupBytes = 1_024;

    /// <summary>A member with its places in the tables, its deadline, and a join or sync that waits.</summary>
    public const int MemberBytes = 2_048;

    /// <summary>A protocol of a member, beside its bytes.</summary>
    public const int ProtocolBytes = 128;

    /// <summary>An id that was handed out, with its deadline.</summary>
    public const int PendingIdBytes = 512;

    /// <summary>A committed offset with its place in the tables, beside its metadata.</summary>
    public const int OffsetBytes = 320;

    /// <summary>What is in the log already is loaded up to this multiple: the estimate, or the limit, may have been another when it was written.</summary>
    private const int LoadFactor = 2;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private long _toldAt = long.MinValue;

    public long Taken => lane.Taken;

    /// <summary>Text as the runtime keeps it.</summary>
    public static int BytesOf(string? text) => text is null ? 0 : 32 + (2 * text.Length);

    /// <summary>Whether so much more may be kept; says so in the log when it may not, once a minute at most.</summary>
    public bool HasRoom(long bytes)
    {
        if (bytes <= 0 || Taken + bytes <= lane.BytesMax)
        {
            return true;
        }

        var toldAt = Interlocked.Read(ref _toldAt);
        if ((toldAt == long.MinValue || clock.GetElapsedTime(toldAt) >= Quiet) && Interlocked.CompareExchange(ref _toldAt, clock.GetTimestamp(), toldAt) == toldAt)
        {
            GroupEvents.MemoryFull(log, Taken, lane.BytesMax);
        }

        return false;
    }

    /// <summary>Notes what is kept or let go.</summary>
    public void Add(long bytes)
    {
        if (bytes > 0)
        {
            // Whether it fits was asked before; what is in the log counts in any case.
            lane.Charge(bytes);
        }
        else if (bytes < 0)
        {
            lane.Give(-bytes);
        }
    }

    /// <summary>Ends the loading of what cannot be kept.</summary>
    /// <exception cref="InsufficientMemoryException">There is too much of it.</exception>
    public void CheckLoading()
    {
        if (Taken / LoadFactor > lane.BytesMax)
        {
            throw new InsufficientMemoryException($"the groups of this node take more than {LoadFactor} times {lane.BytesMax} bytes; raise ouzel.memory.limit");
        }
    }
}

/// <summary>What one shard has taken of the <see cref="GroupMemory"/>: given back as a whole when the shard goes. Only touched by whoever runs the shard.</summary>
internal sealed class GroupMeter(GroupMemory memory) : IDisposable
{
    private bool _isOver;

    public GroupMemory Memory => memory;

    public long Bytes { get; private set; }

    public void Add(long bytes)
    {
        if (!_isOver)
        {
            Bytes += bytes;
            memory.Add(bytes);
        }
    }

    public void Dispose()
    {
        Add(-Bytes);
        _isOver = true;
    }
}

using Microsoft.Extensions.Logging;
using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Groups;

/// <summary>
/// The bound on the memory of this node's groups together: members with what they say of themselves, parts, committed offsets with their metadata. Groups stay
/// when their clients go, so that nothing but a bound keeps a stranger from filling the memory with them. Who would go beyond it is told
/// COORDINATOR_NOT_AVAILABLE, which clients retry.
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

    /// <summary>
    /// The multiple of the bound up to which what is in the log already is loaded: the estimate, or the limit, may have been another when it was written.
    /// </summary>
    private const int LoadFactor = 2;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private long _toldAt = long.MinValue;

    public long Taken => lane.Taken;

    /// <summary>Text as the runtime keeps it.</summary>
    public static int BytesOf(string? text) => text is null ? 0 : 32 + (2 * text.Length);

    /// <summary>Takes so much if there is so much: looking and taking are one step, as the shards run side by side. Says so in the log when there is not, once a minute at most.</summary>
    public bool TryTake(long bytes)
    {
        if (bytes <= 0 || (bytes <= lane.BytesMax && lane.TryTake(bytes)))
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
            // What is in the log counts in any case.
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

/// <summary>One shard's share of the <see cref="GroupMemory"/>: given back as a whole when the shard goes. Only touched by whoever runs the shard.</summary>
internal sealed class GroupMeter(GroupMemory memory) : IDisposable
{
    private bool _isOver;
    private bool _isHolding;
    private long _held;

    public long Bytes { get; private set; }

    /// <summary>Takes ahead what the operation at work may add, so that no other shard gets it meanwhile; false when there is not so much. Once more for a larger figure.</summary>
    public bool TryHold(long bytes)
    {
        if (!memory.TryTake(bytes - _held))
        {
            return false;
        }

        _isHolding = true;
        _held = Math.Max(_held, bytes);
        return true;
    }

    /// <summary>The operation is over: what it did not need is given back.</summary>
    public void EndHold()
    {
        memory.Add(-_held);
        (_isHolding, _held) = (false, 0);
    }

    public void Add(long bytes)
    {
        if (_isOver)
        {
            return;
        }

        Bytes += bytes;
        if (_isHolding)
        {
            // What an operation lets go it may need again: a new value replaces an old one.
            _held -= bytes;
            bytes = Math.Max(-_held, 0);
            _held = Math.Max(_held, 0);
        }

        memory.Add(bytes);
    }

    /// <summary>Ends the loading of what cannot be kept.</summary>
    /// <exception cref="InsufficientMemoryException">There is too much of it.</exception>
    public void CheckLoading() => memory.CheckLoading();

    public void Dispose()
    {
        EndHold();
        Add(-Bytes);
        _isOver = true;
    }
}

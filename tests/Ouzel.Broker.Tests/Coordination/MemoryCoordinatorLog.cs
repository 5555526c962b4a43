using Ouzel.Broker.Coordination;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Coordination;

/// <summary>An internal partition in memory. Tests decide when appends are committed, refused, or readable.</summary>
internal sealed class MemoryCoordinatorLog : ICoordinatorLog
{
    private readonly List<byte[]> _batches = [];
    private readonly List<(long Offset, TaskCompletionSource<ErrorCode> Done)> _waiting = [];

    public long StartOffset { get; set; }

    public long EndOffset { get; private set; }

    public long CommittedEnd { get; private set; }

    /// <summary>Appends are committed at once.</summary>
    public bool CommitsAtOnce { get; set; } = true;

    public Queue<ErrorCode> AppendErrors { get; } = new();

    /// <summary>The gate, if set, that reading waits for.</summary>
    public TaskCompletionSource? Reading { get; set; }

    public int BytesMaxSeen { get; private set; }

    public int BatchBytesMax { get; set; } = 1 << 20;

    public bool IsOffline { get; set; }

    /// <summary>The gate, if set, that appending waits for, as it does while a disk is slow.</summary>
    public TaskCompletionSource? Appending { get; set; }

    /// <summary>Reads that fail before one succeeds.</summary>
    public int ReadsFailing { get; set; }

    /// <summary>Sizes of the batches appended.</summary>
    public List<int> AppendedBytes { get; } = [];

    public async ValueTask<CoordinatorAppend> AppendAsync(Memory<byte> batch)
    {
        if (Appending is { } appending)
        {
            await appending.Task;
        }

        if (AppendErrors.TryDequeue(out var error))
        {
            return new CoordinatorAppend(error, -1);
        }

        var baseOffset = EndOffset;
        RecordBatch.SetBaseOffset(batch.Span, baseOffset);
        Add(batch.ToArray());
        AppendedBytes.Add(batch.Length);
        if (CommitsAtOnce)
        {
            Commit();
        }

        return new CoordinatorAppend(ErrorCode.None, baseOffset);
    }

    /// <summary>Puts a batch there as a log read from disk has it, with its own offsets.</summary>
    public void Add(byte[] batch)
    {
        Assert.True(RecordBatch.TryRead(batch, out var read, out _));
        _batches.Add(batch);
        EndOffset = read.NextOffset;
    }

    /// <summary>Leaves a gap at the end, as compaction can.</summary>
    public void SkipTo(long offset) => EndOffset = offset;

    public void Commit(ErrorCode error = ErrorCode.None)
    {
        if (error == ErrorCode.None)
        {
            CommittedEnd = EndOffset;
        }

        foreach (var (offset, done) in _waiting.ToArray())
        {
            if (error != ErrorCode.None || offset < CommittedEnd)
            {
                _waiting.Remove((offset, done));
                done.SetResult(error);
            }
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int bytesMax)
    {
        if (Reading is { } reading)
        {
            await reading.Task;
        }

        if (ReadsFailing > 0)
        {
            ReadsFailing--;
            throw new IOException("failed on purpose");
        }

        BytesMaxSeen = bytesMax;
        return _batches.FirstOrDefault(b => RecordBatch.TryRead(b, out var read, out _) && read.NextOffset > offset) ?? [];
    }

    public ValueTask<ErrorCode> WaitCommittedAsync(long offset)
    {
        if (offset < CommittedEnd)
        {
            return new(ErrorCode.None);
        }

        var done = new TaskCompletionSource<ErrorCode>();
        _waiting.Add((offset, done));
        return new(done.Task);
    }
}

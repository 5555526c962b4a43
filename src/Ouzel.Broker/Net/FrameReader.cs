using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Ouzel.Broker.Diagnostics;
using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Net;

/// <summary>Cuts a client's bytes into frames: four bytes of length, big-endian, then the request.</summary>
/// <remarks>
/// An idle connection owns no buffer. One receive fills a buffer, and every whole frame in it is handed out without another system
/// call. The buffer is small, so that a client that trickles or waits holds little, until the client is seen to send more at once than
/// fits. A frame that does not fit is received straight into an array of its own, for which it may have to wait.
/// </remarks>
internal sealed class FrameReader(Transport transport, MemoryBudget budget) : IDisposable
{
    private const int LengthBytes = 4;

    /// <summary>The longest that a client is served in a row while others wait for the same thread.</summary>
    private static readonly TimeSpan BurstMax = TimeSpan.FromMilliseconds(2);

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private byte[]? _large;

    /// <summary>The most the buffer held since it was rented.</summary>
    private int _peak;

    /// <summary>The buffer is one of the lane <see cref="MemoryBudget.ReadAhead"/>.</summary>
    private bool _isAhead;

    /// <summary>The client sends more than a small buffer holds.</summary>
    private bool _wantsAhead;

    /// <summary>The bytes that the frame took of its lane; 0 when there is none.</summary>
    private int _largeTaken;

    private int _largeLength;

    /// <summary>The time of the first frame since we last waited for the client.</summary>
    private long _burstAt;

    private bool _hasWaited = true;

    private volatile int _largeFilled;
    private volatile int _largeCount;

    /// <summary>The frame's bytes without the length. Valid until the next <see cref="ReadAsync"/>; the handler may write to them.</summary>
    public Memory<byte> Frame { get; private set; }

    /// <summary>The timestamp at which <see cref="Frame"/> had come in full.</summary>
    public long ReadAt { get; private set; }

    /// <summary>True when the next frame is here in full already: answers are held back and sent together until it is not.</summary>
    public bool HasNext => _end - _start >= LengthBytes && PeekLength() is var length && (length < 0 || length <= _end - _start - LengthBytes);

    /// <summary>A frame that holds budget and has not arrived in full: which one it is, its lane, and what has arrived. Asked from any thread.</summary>
    public (int Number, MemoryLane? Lane, int Filled) Arriving
    {
        get
        {
            var (number, filled, length) = (_largeCount, _largeFilled, Volatile.Read(ref _largeLength));
            return (number, length > 0 && filled < length ? budget.LaneOf(length) : null, filled);
        }
    }

    /// <summary>Moves to the next frame. False at the end of the stream, also when it ends inside a frame.</summary>
    /// <exception cref="FrameLengthException">The length is negative or above the limit.</exception>
    /// <exception cref="Exception">The connection broke: <see cref="Transport.IsLoss"/>.</exception>
    public ValueTask<bool> ReadAsync()
    {
        DropLarge();
        return !IsBurstOver() && TryTake() ? new ValueTask<bool>(true) : FillAsync();
    }

    /// <summary>Somebody still uses the frame: its array is left to the garbage collector instead of being used again.</summary>
    public void LeaveFrame()
    {
        if (_large is not null)
        {
            budget.LaneOf(_largeTaken).Give(_largeTaken);
            (_large, _largeTaken) = (null, 0);
            Volatile.Write(ref _largeLength, 0);
        }

        _buffer = null;
        Dispose();
    }

    public void Dispose()
    {
        Frame = default;
        DropLarge();
        DropBuffer();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync()
    {
        if (IsBurstOver())
        {
            await YieldAsync();
            if (TryTake())
            {
                return true;
            }
        }

        while (true)
        {
            if (_start == _end)
            {
                DropBuffer();
                var readable = transport.WaitReadableAsync();
                _hasWaited |= !readable.IsCompleted;
                await readable;
                RentBuffer();
            }
            else if (_end - _start >= LengthBytes && PeekLength() is var length && length > _buffer!.Length - LengthBytes)
            {
                if (length > MemoryBudget.ReadAheadBytes - LengthBytes || !TryReadAhead())
                {
                    return await ReadLargeAsync(length);
                }
            }
            else
            {
                MakeRoom();
            }

            var received = await transport.ReceiveAsync(_buffer.AsMemory(_end));
            if (received == 0)
            {
                return false;
            }

            _end += received;
            _peak = Math.Max(_peak, _end);
            _wantsAhead |= _end == _buffer!.Length;
            if (TryTake())
            {
                return true;
            }
        }
    }

    private bool TryTake()
    {
        if (_end - _start < LengthBytes)
        {
            return false;
        }

        var length = PeekLength();
        if (length < 0 || length > budget.FrameBytesMax)
        {
            throw new FrameLengthException(length, budget.FrameBytesMax);
        }

        if (length > _end - _start - LengthBytes)
        {
            return false;
        }

        Frame = _buffer.AsMemory(_start + LengthBytes, length);
        _start += LengthBytes + length;
        NoteArrival();
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadLargeAsync(int length)
    {
        var lane = budget.LaneOf(length);
        if (!lane.TryTake(length))
        {
            // What has come of the frame stays in the buffer meanwhile, the rest with the sender.
            budget.Tell(length <= MemoryBudget.LargeBytesMax ? Limit.LargeFrames : Limit.HugeFrames);
            await lane.TakeAsync(length);
        }

        // Noted first: what is taken is given back also when there is no array to be had.
        _largeTaken = length;
        _large = length <= MemoryBudget.LargeBytesMax ? ArrayPool<byte>.Shared.Rent(length) : budget.Frames.Rent(length);
        var filled = _end - _start - LengthBytes;
        _buffer.AsSpan(_start + LengthBytes, filled).CopyTo(_large);
        _start = _end;
        DropBuffer();

        // The next frame is likely to be as large: of it, a small buffer takes the beginning and the array the rest, without a copy.
        _wantsAhead = false;
        _largeFilled = filled;
        _largeCount++;
        Volatile.Write(ref _largeLength, length);
        while (filled < length)
        {
            var received = await transport.ReceiveAsync(_large.AsMemory(filled, length - filled));
            if (received == 0)
            {
                return false;
            }

            filled += received;
            _largeFilled = filled;
            NoteArrival();
            if (IsBurstOver())
            {
                await YieldAsync();
            }
        }

        Frame = _large.AsMemory(0, length);
        NoteArrival();
        return true;
    }

    private bool IsBurstOver() => budget.Clock.GetElapsedTime(_burstAt, ReadAt) > BurstMax;

    private void NoteArrival()
    {
        ReadAt = budget.Clock.GetTimestamp();
        if (_hasWaited)
        {
            _hasWaited = false;
            _burstAt = ReadAt;
        }
    }

    /// <summary>Lets others have the thread. A client that always has more to send would keep it: its receives never wait.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask YieldAsync()
    {
        _hasWaited = true;
        _burstAt = ReadAt;
        await transport.YieldAsync();
    }

    private int PeekLength() => BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }

    private void RentBuffer()
    {
        _isAhead = _isAhead || (_wantsAhead && budget.ReadAhead.TryTake(MemoryBudget.ReadAheadBytes));
        if (_wantsAhead && !_isAhead)
        {
            budget.Tell(Limit.ReadAhead);
        }

        _buffer = ArrayPool<byte>.Shared.Rent(_isAhead ? MemoryBudget.ReadAheadBytes : MemoryBudget.SmallBytes);
        _peak = 0;
    }

    /// <summary>Moves what has come of a frame from a small buffer to a read-ahead buffer, if one is to be had.</summary>
    private bool TryReadAhead()
    {
        _wantsAhead = true;
        if (!budget.ReadAhead.TryTake(MemoryBudget.ReadAheadBytes))
        {
            budget.Tell(Limit.ReadAhead);
            return false;
        }

        _isAhead = true;
        var small = _buffer!;
        _buffer = ArrayPool<byte>.Shared.Rent(MemoryBudget.ReadAheadBytes);
        small.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        ArrayPool<byte>.Shared.Return(small);
        return true;
    }

    private void DropLarge()
    {
        if (_large is { } large)
        {
            _large = null;
            Frame = default;
            Volatile.Write(ref _largeLength, 0);
            if (_largeTaken <= MemoryBudget.LargeBytesMax)
            {
                ArrayPool<byte>.Shared.Return(large);
            }
            else
            {
                budget.Frames.Return(large);
            }
        }

        if (_largeTaken > 0)
        {
            budget.LaneOf(_largeTaken).Give(_largeTaken);
            _largeTaken = 0;
        }
    }

    private void DropBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _start = _end = 0;
            Frame = default;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_isAhead)
        {
            _isAhead = false;
            _wantsAhead = _peak > MemoryBudget.SmallBytes;
            budget.ReadAhead.Give(MemoryBudget.ReadAheadBytes);
        }
    }
}

/// <summary>A frame announces a length that cannot be.</summary>
internal sealed class FrameLengthException(int length, int lengthMax)
    : Exception($"a frame of {length} bytes is outside 0 to {lengthMax}")
{
    public int Length => length;
}

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Ouzel.Broker.Net;

/// <summary>Cuts a client's bytes into frames: four bytes of length, big-endian, then the request.</summary>
/// <remarks>
/// An idle connection owns no buffer. One receive fills a read-ahead buffer, and every whole frame in it is handed out without
/// another system call. A frame that does not fit is received straight into an array of its own.
/// </remarks>
internal sealed class FrameReader(Transport transport, ReceiveBudget budget, int frameBytesMax) : IDisposable
{
    private const int ReadAheadBytes = 64 * 1024;

    /// <summary>Up to here the array of a large frame is rented whole. Beyond, it grows with what has arrived: a promise costs the sender bytes first.</summary>
    private const int TrustedBytesMax = 4 * 1024 * 1024;

    private const int LengthBytes = 4;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private byte[]? _large;
    private int _largeTaken;

    /// <summary>The frame's bytes without the length. Valid until the next <see cref="ReadAsync"/>; the handler may write to them.</summary>
    public Memory<byte> Frame { get; private set; }

    /// <summary>Whether the next frame is here in full already: answers are held back and sent together until it is not.</summary>
    public bool HasNext => _end - _start >= LengthBytes && PeekLength() is var length && (length < 0 || length <= _end - _start - LengthBytes);

    /// <summary>Moves to the next frame. False at the end of the stream, also when it ends inside a frame.</summary>
    /// <exception cref="FrameLengthException">The length is negative or above the limit.</exception>
    /// <exception cref="Exception">The connection broke: <see cref="Transport.IsLoss"/>.</exception>
    public ValueTask<bool> ReadAsync()
    {
        DropLarge();
        return TryTake() ? new ValueTask<bool>(true) : FillAsync();
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
        while (true)
        {
            if (_start == _end)
            {
                DropBuffer();
                await transport.WaitReadableAsync();
                _buffer = ArrayPool<byte>.Shared.Rent(ReadAheadBytes);
            }
            else if (_end - _start >= LengthBytes && PeekLength() is var length && length > _buffer!.Length - LengthBytes)
            {
                return await ReadLargeAsync(length);
            }
            else
            {
                MakeRoom();
            }

            int received = await transport.ReceiveAsync(_buffer.AsMemory(_end));
            if (received == 0)
            {
                return false;
            }

            _end += received;
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

        int length = PeekLength();
        if (length < 0 || length > frameBytesMax)
        {
            throw new FrameLengthException(length, frameBytesMax);
        }

        if (length > _end - _start - LengthBytes)
        {
            return false;
        }

        Frame = _buffer.AsMemory(_start + LengthBytes, length);
        _start += LengthBytes + length;
        return true;
    }

    private async ValueTask<bool> ReadLargeAsync(int length)
    {
        int filled = _end - _start - LengthBytes;
        await budget.TakeAsync(length);
        _largeTaken = length;
        _large = ArrayPool<byte>.Shared.Rent(Math.Min(length, TrustedBytesMax));
        _buffer.AsSpan(_start + LengthBytes, filled).CopyTo(_large);
        _start = _end;
        DropBuffer();
        while (filled < length)
        {
            if (filled == _large!.Length)
            {
                GrowLarge((int)Math.Min(length, 2L * filled));
            }

            int received = await transport.ReceiveAsync(_large.AsMemory(filled, Math.Min(length, _large.Length) - filled));
            if (received == 0)
            {
                return false;
            }

            filled += received;
        }

        Frame = _large.AsMemory(0, length);
        return true;
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

    private void GrowLarge(int bytes)
    {
        byte[] smaller = _large!;
        _large = ArrayPool<byte>.Shared.Rent(bytes);
        smaller.AsSpan().CopyTo(_large);
        ArrayPool<byte>.Shared.Return(smaller);
    }

    private void DropLarge()
    {
        if (_large is { } large)
        {
            _large = null;
            Frame = default;
            ArrayPool<byte>.Shared.Return(large);
            budget.Give(_largeTaken);
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
    }
}

/// <summary>A frame announces a length that cannot be.</summary>
internal sealed class FrameLengthException(int length, int lengthMax)
    : Exception($"a frame of {length} bytes is outside 0 to {lengthMax}");

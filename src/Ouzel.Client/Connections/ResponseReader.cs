using System.Buffers;
using System.Buffers.Binary;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Connections;

/// <summary>Cuts a stream into responses. One buffer reads ahead; a response that does not fit, or that is kept, has an array of its size.</summary>
/// <param name="stream">Read by this alone.</param>
/// <param name="bytesMax">The longest response taken; a longer one is a <see cref="WireFormatException"/> before anything is allocated.</param>
internal sealed class ResponseReader(Stream stream, int bytesMax) : IDisposable
{
    private const int SizeBytes = 4;
    private const int ReadAheadBytes = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadAheadBytes);
    private int _start;
    private int _end;

    /// <summary>The next response's size and correlation id; null at the end of the stream.</summary>
    /// <exception cref="WireFormatException">The size makes no sense, or the stream ends inside.</exception>
    public async ValueTask<(int Size, int CorrelationId)?> NextAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(SizeBytes + sizeof(int), cancellation))
        {
            return _start == _end ? null : throw Cut();
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size < sizeof(int) || size > bytesMax)
        {
            throw new WireFormatException($"A response announces {size} bytes; from {sizeof(int)} to {bytesMax} are taken");
        }

        var correlationId = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + SizeBytes));
        _start += SizeBytes;
        return (size, correlationId);
    }

    /// <summary>The bytes of the response that <see cref="NextAsync"/> announced, and the array of the pool they lie in when they are leased.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Frame, byte[]? Leased)> ReadAsync(int size, FrameUse use, CancellationToken cancellation)
    {
        if (use == FrameUse.Passing && size <= _buffer.Length)
        {
            if (!await FillAsync(size, cancellation))
            {
                throw Cut();
            }

            _start += size;
            return (_buffer.AsMemory(_start - size, size), null);
        }

        var leased = use == FrameUse.Leased ? ArrayPool<byte>.Shared.Rent(size) : null;
        var frame = (leased ?? new byte[size]).AsMemory(0, size);
        try
        {
            var ahead = Math.Min(size, _end - _start);
            _buffer.AsSpan(_start, ahead).CopyTo(frame.Span);
            _start += ahead;
            await stream.ReadExactlyAsync(frame[ahead..], cancellation);
            return (frame, leased);
        }
        catch
        {
            if (leased is not null)
            {
                ArrayPool<byte>.Shared.Return(leased);
            }

            throw;
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Reads on until so many bytes lie in the buffer; false when the stream ends before.</summary>
    private async ValueTask<bool> FillAsync(int bytes, CancellationToken cancellation)
    {
        while (_end - _start < bytes)
        {
            if (_start == _end)
            {
                _start = _end = 0;
            }
            else if (_buffer.Length - _start < bytes)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private static WireFormatException Cut() => new("The stream ended inside a response");
}

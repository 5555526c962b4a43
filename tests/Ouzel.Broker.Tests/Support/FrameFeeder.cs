using System.Buffers.Binary;
using System.Net;
using System.Threading.Tasks.Sources;
using Ouzel.Broker.Net;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A connection that allocates nothing: a test feeds it prepared frames, on whose thread the broker works, and counts the bytes of the responses.</summary>
internal sealed class FrameFeeder : Transport, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _receive;
    private byte[] _frame = [];
    private int _taken;
    private Memory<byte> _into;
    private bool _isReceiving;

    public override EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 40000);

    public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 9092);

    public override long SentBytes => BytesAnswered;

    public override bool HasArrived => _taken < _frame.Length;

    public long BytesAnswered { get; private set; }

    /// <summary>The first bytes of the last response.</summary>
    public byte[] Answer { get; } = new byte[256];

    /// <summary>A request's bytes with the length before them.</summary>
    public static byte[] FrameOf(byte[] request)
    {
        var frame = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, request.Length);
        request.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>Delivers a frame; on return the broker has done with it what it can do at once.</summary>
    public void Feed(byte[] frame)
    {
        (_frame, _taken) = (frame, 0);
        if (_isReceiving)
        {
            _isReceiving = false;
            _receive.SetResult(TakeInto(_into.Span));
        }
    }

    public override ValueTask<int> WaitReadableAsync() => ReceiveAsync(Memory<byte>.Empty);

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (_taken < _frame.Length)
        {
            return new(TakeInto(buffer.Span));
        }

        _receive.Reset();
        (_into, _isReceiving) = (buffer, true);
        return new(this, _receive.Version);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        bytes.Span[..Math.Min(bytes.Length, Answer.Length)].CopyTo(Answer);
        BytesAnswered += bytes.Length;
        return default;
    }

    public override void Close()
    {
    }

    int IValueTaskSource<int>.GetResult(short token) => _receive.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _receive.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _receive.OnCompleted(continuation, state, token, flags);

    private int TakeInto(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _frame.Length - _taken);
        _frame.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }
}

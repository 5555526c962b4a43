using System.Buffers;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Connections;

/// <summary>The fate of the bytes that a response was read from.</summary>
internal enum FrameUse
{
    /// <summary>They stay as long as the response: it may hold slices of them.</summary>
    Kept,

    /// <summary>They are overwritten once the response is decoded: for responses without bytes and records.</summary>
    Passing,

    /// <summary>They lie in an array of the pool that the caller gives back.</summary>
    Leased,
}

/// <summary>A request that is on its way, seen from its response.</summary>
internal abstract class PendingResponse(ApiKey key, short version, FrameUse use)
{
    public ApiKey Key => key;

    public short Version => version;

    public FrameUse Use => use;

    public int CorrelationId { get; set; }

    /// <summary>On the clock of <see cref="ClientSurroundings.NowMs"/>.</summary>
    public long DueMs { get; set; }

    /// <summary>Decodes and hands over.</summary>
    /// <param name="frame">Header and body.</param>
    /// <param name="leased">The array of the pool behind <paramref name="frame"/>, which passes to the receiver; null unless leased.</param>
    /// <returns>Milliseconds for which the broker wants quiet.</returns>
    /// <exception cref="WireFormatException">The bytes are no such response.</exception>
    public abstract int Complete(ReadOnlyMemory<byte> frame, byte[]? leased);

    /// <summary>No response will come.</summary>
    public abstract void Fail(KafkaException fault);
}

/// <summary>A response with the array that its records are slices of.</summary>
/// <param name="message">The response.</param>
/// <param name="array">From the shared pool.</param>
internal sealed class LeasedResponse<TResponse>(TResponse message, byte[] array) : IDisposable
{
    private byte[]? _array = array;

    public TResponse Message => message;

    /// <summary>Gives the array back: nothing of the message that is bytes or records may be used after it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>A call whose caller waits for the decoded response.</summary>
internal sealed class PendingCall<TResponse>(short version, FrameUse use, TResponse? into = null)
    : PendingResponse(TResponse.ApiKey, version, use)
    where TResponse : class, IKafkaResponse, new()
{
    private readonly TaskCompletionSource<LeasedResponse<TResponse>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the response, or fails with a <see cref="KafkaException"/>.</summary>
    public Task<LeasedResponse<TResponse>> Done => _done.Task;

    public override int Complete(ReadOnlyMemory<byte> frame, byte[]? leased)
    {
        var response = into ?? new TResponse();
        Decode(frame, response);
        var lease = new LeasedResponse<TResponse>(response, leased!);
        var throttleMs = ThrottleTime.Of(response);
        if (!_done.TrySetResult(lease))
        {
            lease.Dispose();
        }

        return throttleMs;
    }

    public override void Fail(KafkaException fault) => _done.TrySetException(fault);

    private void Decode(ReadOnlyMemory<byte> frame, TResponse response)
    {
        var reader = new WireReader(frame);
        ResponseHeader.Read(ref reader, Key, Version);
        response.Read(ref reader, ReadVersion(reader));
    }

    /// <summary>A broker that does not know the version of an ApiVersions request answers it in version 0, with the error in its first two bytes.</summary>
    private short ReadVersion(WireReader body) =>
        Key == ApiKey.ApiVersions && (ErrorCode)body.ReadInt16() == ErrorCode.UnsupportedVersion ? (short)0 : Version;
}

/// <summary>A request without a response: Produce with acks=0.</summary>
internal sealed class PendingDeparture(ApiKey key, short version) : PendingResponse(key, version, FrameUse.Passing)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the bytes were given to the network.</summary>
    public Task Left => _left.Task;

    public override int Complete(ReadOnlyMemory<byte> frame, byte[]? leased)
    {
        _left.TrySetResult();
        return 0;
    }

    public override void Fail(KafkaException fault) => _left.TrySetException(fault);
}

using Ouzel.Protocol;

namespace Ouzel.Broker.Requests;

/// <summary>Notes about a request for an observer, taken on its way. Made only where there is one.</summary>
/// <param name="observer">Who is told in the end.</param>
/// <param name="clock">The times.</param>
/// <param name="requestBytes">The length of the frame.</param>
/// <param name="arrivedAt">When it had arrived; a timestamp.</param>
internal sealed class RequestRecord(IRequestObserver observer, TimeProvider clock, int requestBytes, long arrivedAt)
{
    private readonly long _begunAt = clock.GetTimestamp();
    private long _completeAt;
    private long _responseBytes;
    private ErrorCode _error;

    public void OnComplete(ErrorCode error) => (_completeAt, _error) = (clock.GetTimestamp(), error);

    public void OnEncoded(long bytes) => _responseBytes = bytes;

    /// <summary>The response has left, or never will.</summary>
    public void Tell(RequestContext context)
    {
        var now = clock.GetTimestamp();
        var completeAt = _completeAt == 0 ? now : _completeAt;
        observer.OnDone(new RequestStory(
            context.ApiKey, context.ApiVersion, context.Origin, requestBytes, _responseBytes,
            clock.GetElapsedTime(arrivedAt, _begunAt), clock.GetElapsedTime(_begunAt, completeAt), clock.GetElapsedTime(completeAt, now), _error));
    }
}

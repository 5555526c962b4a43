using Ouzel.Protocol;

namespace Ouzel.Broker.Requests;

/// <summary>Is told of each request when its response has left, or never will: the place of metrics.</summary>
internal interface IRequestObserver
{
    /// <summary>Called from any thread, once for each request that was begun; returns at once and does not throw.</summary>
    void OnDone(in RequestStory story);
}

/// <summary>The fate of a request.</summary>
/// <param name="Api">The API.</param>
/// <param name="Version">Of the request.</param>
/// <param name="Origin">The connection it came by.</param>
/// <param name="RequestBytes">Its frame, without the length in front of it.</param>
/// <param name="ResponseBytes">The same of the response; 0 when none was sent.</param>
/// <param name="Queued">From the arrival of the frame to the beginning of the handler.</param>
/// <param name="Handled">From there until the response was complete.</param>
/// <param name="Sent">From there until it had left: behind those of the requests before it.</param>
/// <param name="Error">The error at the top of the response, or UnknownServerError when the handler failed.</param>
internal readonly record struct RequestStory(
    ApiKey Api, short Version, ClientOrigin Origin, int RequestBytes, long ResponseBytes, TimeSpan Queued, TimeSpan Handled, TimeSpan Sent, ErrorCode Error);

using Ouzel.Broker.Apis;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Net;

/// <summary>A request's place in the order of answers of its connection. Completed exactly once, from any thread.</summary>
internal sealed class PendingAnswer(AnswerQueue queue, RequestContext context, ApiEntry api)
{
    public RequestContext Context => context;

    public ApiEntry Api => api;

    public IKafkaResponse? Response { get; private set; }

    /// <summary>The handler failed: the connection ends when this answer's turn comes.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Under the queue's lock.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>Under the queue's lock: the reader's wait for this answer, if it waits.</summary>
    internal TaskCompletionSource? Finished { get; set; }

    /// <summary>Writes the answer in another version than was asked: only ApiVersions falls back so.</summary>
    internal short AnswerVersion { get; set; } = context.ApiVersion;

    /// <summary>From here on the connection owes this answer.</summary>
    public void TakePlace() => queue.Add(this);

    public void Complete(IKafkaResponse response)
    {
        Response = response;
        queue.OnComplete(this);
    }

    /// <summary>The answer will not be sent: lets go of the files it wanted to send from.</summary>
    public void Release()
    {
        if (Response is FetchResponse fetch)
        {
            foreach (FetchResponse.FetchableTopicResponse topic in fetch.Responses)
            {
                foreach (FetchResponse.PartitionData partition in topic.Partitions)
                {
                    (partition.Records as IDisposable)?.Dispose();
                }
            }
        }
    }

    public void Fail(Exception fault)
    {
        Fault = fault;
        queue.OnComplete(this);
    }
}

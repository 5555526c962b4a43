using Ouzel.Protocol;

namespace Ouzel.Broker.Requests;

/// <summary>One request of Kafka's protocol, in every version the table names.</summary>
/// <remarks>
/// Thin: authorise, call the domain, shape the response. Errors are values in the response; an exception closes the connection.
/// A bytes field of the request is a slice of the frame: a serial API may use it until its response is complete, a pipelined one
/// until its first await; copy what is kept longer.
/// </remarks>
internal interface IApi<TRequest, TResponse>
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context);
}

/// <summary>An API whose answer may be much larger than what was asked: how large is estimated before it is made, and taken from the memory for requests.</summary>
internal interface ILongResponse<TRequest>
{
    /// <summary>About what the response takes in memory until it is encoded, and encoded.</summary>
    long ResponseBytes(TRequest request, RequestContext context);
}

/// <summary>An API of the hot path: its requests and responses are used again instead of being left to the garbage collector.</summary>
internal interface IReusingApi<TRequest, TResponse> : IApi<TRequest, TResponse>
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    /// <summary>The request was handled: it may not keep its frame alive until it is read into again.</summary>
    void Forget(TRequest request);

    /// <summary>The response has left, or never will: nobody looks at it any more.</summary>
    void TakeBack(TResponse response);
}

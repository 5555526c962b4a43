using Ouzel.Protocol;

namespace Ouzel.Broker.Apis;

/// <summary>One request of Kafka's protocol, in every version the table names.</summary>
/// <remarks>
/// Thin: authorise, call the domain, shape the answer. Errors are values in the answer; an exception closes the connection.
/// A bytes field of the request is a slice of the frame: a serial API may use it until its answer is complete, a pipelined one
/// until its first await; copy what is kept longer.
/// </remarks>
internal interface IApi<TRequest, TResponse>
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context);
}

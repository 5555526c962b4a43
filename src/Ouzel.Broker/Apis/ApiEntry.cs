using Ouzel.Broker.Net;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Apis;

/// <summary>When the next request of a connection may be handled.</summary>
internal enum ApiOrder
{
    /// <summary>After this one is finished.</summary>
    Serial,

    /// <summary>After the part of this one before its first await; the rest waits beside its successors. Answers keep their order.</summary>
    Pipelined,
}

/// <summary>One line of <see cref="ApiTable"/>.</summary>
internal abstract class ApiEntry(ApiKey key, ApiOrder order, short lowest, short highest, short oldest)
{
    public ApiKey Key => key;

    public ApiOrder Order => order;

    /// <summary>The lowest version that ApiVersions names.</summary>
    public short Lowest => lowest;

    public short Highest => highest;

    /// <summary>The lowest version that is served: below <see cref="Lowest"/> stand those that Apache Kafka dropped in 4.0 and old clients still send unasked.</summary>
    public short Oldest => oldest;

    /// <summary>The handler's type, for tests about the table.</summary>
    public abstract Type HandlerType { get; }

    public bool Serves(short version) => version >= oldest && version <= highest;

    /// <summary>Whether request and response of this version have tag sections.</summary>
    public abstract bool IsFlexible(short version);

    /// <summary>Decodes the body, takes the place among the answers, starts the handler, and completes <paramref name="answer"/> now or later.</summary>
    /// <exception cref="WireFormatException">The body is malformed; nothing was started.</exception>
    public abstract void Start(ref WireReader body, PendingAnswer answer);
}

internal sealed class ApiEntry<TRequest, TResponse>(IApi<TRequest, TResponse> api, ApiOrder order, short lowest, short highest, short oldest)
    : ApiEntry(TRequest.ApiKey, order, lowest, highest, oldest)
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    public override Type HandlerType => api.GetType();

    public override bool IsFlexible(short version) => TRequest.IsFlexible(version);

    public override void Start(ref WireReader body, PendingAnswer answer)
    {
        var request = new TRequest();
        request.Read(ref body, answer.Context.ApiVersion);
        answer.TakePlace();
        ValueTask<TResponse> handling;
        try
        {
            handling = api.HandleAsync(request, answer.Context);
        }
        catch (Exception fault)
        {
            answer.Fail(fault);
            return;
        }

        if (handling.IsCompletedSuccessfully)
        {
            answer.Complete(handling.Result);
        }
        else
        {
            _ = FinishAsync(handling, answer);
        }
    }

    private static async Task FinishAsync(ValueTask<TResponse> handling, PendingAnswer answer)
    {
        try
        {
            answer.Complete(await handling);
        }
        catch (Exception fault)
        {
            // Whatever it was, it ends this connection and is logged there with the request's name.
            answer.Fail(fault);
        }
    }
}

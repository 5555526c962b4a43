using Ouzel.Broker.Memory;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Requests;

/// <summary>The point from which the next request of a connection may be handled.</summary>
internal enum ApiOrder
{
    /// <summary>After this one is finished.</summary>
    Serial,

    /// <summary>After the part of this one before its first await; the rest waits beside its successors. Responses keep their order.</summary>
    Pipelined,
}

/// <summary>One line of the list of APIs.</summary>
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

    /// <summary>True when request and response of this version have tag sections.</summary>
    public abstract bool IsFlexible(short version);

    /// <summary>For the next request of this API.</summary>
    public abstract PendingResponse NewResponse();

    /// <summary>The same with an interceptor before the handler.</summary>
    public abstract ApiEntry Through(IRequestInterceptor interceptor);
}

internal sealed class ApiEntry<TRequest, TResponse>(IApi<TRequest, TResponse> api, ApiOrder order, short lowest, short highest, short oldest)
    : ApiEntry(TRequest.ApiKey, order, lowest, highest, oldest)
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    /// <summary>Enough for every request that is at work at one time; those beyond are made anew.</summary>
    private const int ResponsesKeptMax = 1024;

    /// <summary>The most that a request may decode to and still be kept for the next: pools are bounded by weight, not only by number.</summary>
    private const int WeightKeptMax = 64 * 1024;

    private readonly IReusingApi<TRequest, TResponse>? _reusing = api as IReusingApi<TRequest, TResponse>;
    private readonly ILongResponse<TRequest>? _lengthy = api as ILongResponse<TRequest>;
    private readonly Pool<Exchange> _responses = new(ResponsesKeptMax);

    public override Type HandlerType => api.GetType();

    public override bool IsFlexible(short version) => TRequest.IsFlexible(version);

    public override PendingResponse NewResponse()
    {
        var exchange = _reusing is null ? new Exchange() : _responses.Rent();
        exchange.Entry = this;
        return exchange;
    }

    public override ApiEntry Through(IRequestInterceptor interceptor) =>
        new ApiEntry<TRequest, TResponse>(Intercepted<TRequest, TResponse>.Of(api, interceptor), Order, Lowest, Highest, Oldest);

    /// <summary>A request of this API, its handling and its response.</summary>
    private sealed class Exchange : PendingResponse
    {
        private readonly TRequest _request = new();
        private bool _isHeavy;
        private Action? _onHandled;
        private ValueTask<TResponse> _handling;

        public ApiEntry<TRequest, TResponse> Entry { get; set; } = null!;

        public override ApiEntry Api => Entry;

        public override void Start(ref WireReader body, RequestCharge charge)
        {
            _request.Read(ref body, Context.ApiVersion);
            _isHeavy = body.DecodedBytes > WeightKeptMax;
            if (Entry._lengthy is { } lengthy && lengthy.ResponseBytes(_request, Context) is > RequestCharge.FreeBytes and var bytes && !charge.TryTakeWhole(bytes))
            {
                throw new DecodeBudgetException(body.DecodedBytes + bytes);
            }

            Hold(charge);
            TakePlace();
            try
            {
                Keep(Entry.Handler.HandleAsync(_request, Context));
            }
            catch (Exception fault)
            {
                Fail(fault);
                return;
            }

            if (_handling.IsCompleted)
            {
                OnHandled();
            }
            else
            {
                // As await does it, but with a continuation that is made once.
                _handling.GetAwaiter().UnsafeOnCompleted(_onHandled ??= OnHandled);
            }
        }

        protected override void LetGo()
        {
            GiveBack();
            if (Entry._reusing is not { } reusing)
            {
                return;
            }

            if (Response is TResponse response)
            {
                Response = null;
                reusing.TakeBack(response);
            }

            // What ended a connection is still looked at when that is logged.
            if (Fault is null && Context.ClosingReason is null && !_isHeavy)
            {
                Entry._responses.Return(this);
            }
        }

        private void Keep(ValueTask<TResponse> handling) => _handling = handling;

        private void OnHandled()
        {
            TResponse response;
            try
            {
                response = _handling.GetAwaiter().GetResult();
                _handling = default;
                Entry._reusing?.Forget(_request);
            }
            catch (Exception fault)
            {
                // Whatever it was, it ends this connection and is logged there with the request's name.
                Fail(fault);
                return;
            }

            Complete(response);
        }
    }

    private IApi<TRequest, TResponse> Handler => api;
}

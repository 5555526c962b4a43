using Ouzel.Broker.Memory;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Requests;

/// <summary>A request from its decoding to the departure of its response: its place in the order of responses of its connection.</summary>
/// <remarks>Completed exactly once, from any thread. Those of the hot APIs are used again once <see cref="Release"/> was called.</remarks>
internal abstract class PendingResponse
{
    private IResponsePlaces? _queue;
    private RequestContext? _context;

    public RequestContext Context => _context!;

    public abstract ApiEntry Api { get; }

    public IKafkaResponse? Response { get; protected set; }

    /// <summary>The handler failed: the connection ends when this response's turn comes.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Under the queue's lock.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>Under the queue's lock: the reader's wait for this response, if it waits.</summary>
    internal TaskCompletionSource? Finished { get; set; }

    /// <summary>The bytes it holds of <see cref="MemoryBudget.Requests"/>; 0 for ordinary requests.</summary>
    internal long Charge { get; private set; }

    /// <summary>Notes for an observer; null where there is none.</summary>
    internal RequestRecord? Record { get; set; }

    /// <summary>Writes the response in another version than was asked: only ApiVersions falls back so.</summary>
    internal short ResponseVersion { get; set; }

    /// <summary>Makes it the response to the request of that header.</summary>
    public void Begin(IResponsePlaces queue, RequestHeader header, ClientOrigin origin)
    {
        _queue = queue;
        _context ??= new RequestContext { ApiKey = Api.Key, Origin = origin };
        _context.Begin(header.ApiVersion, header.CorrelationId, header.ClientId ?? "", origin);
        Response = null;
        Fault = null;
        IsComplete = false;
        Record = null;
        ResponseVersion = header.ApiVersion;
    }

    /// <summary>Decodes the body, takes the place among the responses, starts the handler, and completes now or later.</summary>
    /// <param name="body">What it reads is counted by <paramref name="charge"/>.</param>
    /// <param name="charge">What the request takes in memory: it holds that from here on.</param>
    /// <exception cref="WireFormatException">The body is malformed; nothing was started.</exception>
    /// <exception cref="DecodeBudgetException">There is not as much memory as it takes, or not here; nothing was started.</exception>
    public abstract void Start(ref WireReader body, RequestCharge charge);

    /// <summary>Takes over what was charged.</summary>
    protected void Hold(RequestCharge charge)
    {
        Charge = charge.HandOver();
        Context.HoldsMemory = Charge > 0;
        if (Charge > 0)
        {
            _queue!.OnCharged(Charge);
        }
    }

    private void TakeOverCharged()
    {
        if (Context.Charged > 0)
        {
            Charge += Context.Charged;
            _queue!.OnCharged(Context.Charged);
            Context.Charged = 0;
        }
    }

    /// <summary>Gives back what was charged: it stands for nothing any more.</summary>
    protected void GiveBack()
    {
        var charge = Charge;
        if (charge > 0)
        {
            Charge = 0;
            _queue!.OnDischarged(charge);
        }
    }

    /// <summary>From here on the connection owes this response.</summary>
    public void TakePlace() => _queue!.Add(this);

    public void Complete(IKafkaResponse response)
    {
        Response = response;
        Record?.OnComplete(response.TopError);
        TakeOverCharged();
        _queue!.OnComplete(this);
    }

    /// <summary>The response is encoded. What stands in memory is not needed any more: a client that does not read would keep it. The hot APIs use theirs again.</summary>
    public void DropEncoded()
    {
        if (Api.Order == ApiOrder.Serial)
        {
            Response = null;
            GiveBack();
        }
    }

    public void Fail(Exception fault)
    {
        Fault = fault;
        Record?.OnComplete(ErrorCode.UnknownServerError);
        TakeOverCharged();
        _queue!.OnComplete(this);
    }

    /// <summary>Nobody will read the response: a handler that waits for news need not go on waiting.</summary>
    public void Abandon() => Context.Abandon();

    /// <summary>The response has left, or never will: gives back what it holds. The caller forgets it.</summary>
    public void Release()
    {
        Record?.Tell(Context);
        LetGo();
    }

    /// <summary>Gives back what it holds, itself included.</summary>
    protected abstract void LetGo();
}

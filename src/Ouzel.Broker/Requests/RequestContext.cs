using System.Net;
using Ouzel.Broker.Security;
using Ouzel.Protocol;

namespace Ouzel.Broker.Requests;

/// <summary>The circumstances of a request that a handler may know besides its body.</summary>
internal sealed class RequestContext
{
    public required ApiKey ApiKey { get; init; }

    public short ApiVersion { get; set; }

    public int CorrelationId { get; private set; }

    /// <summary>"" when the client sent null, as in Kafka.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The connection the request came by.</summary>
    public required ClientOrigin Origin { get; set; }

    public string ListenerName => Origin.ListenerName;

    public IPAddress ClientAddress => Origin.ClientAddress;

    /// <summary>The address the client came by.</summary>
    public IPEndPoint LocalEndPoint => Origin.LocalEndPoint;

    /// <summary>Set by a handler that waits for something it need not wait for any more when the client goes. It then looks at <see cref="IsAbandoned"/>.</summary>
    /// <remarks>A client that goes at that moment: its connection marks the request, then looks for a wait; the handler notes its wait, then looks for the mark. One of them sees the other.</remarks>
    public IAbandonable? Waiting
    {
        get => _waiting;
        set => Interlocked.Exchange(ref _waiting, value);
    }

    /// <summary>The client has gone.</summary>
    public bool IsAbandoned => Volatile.Read(ref _isAbandoned);

    private IAbandonable? _waiting;
    private bool _isAbandoned;

    /// <summary>For a handler that uses its frame, or its place before what the client sends next, beyond its first await.</summary>
    public FrameHold Frame => Origin.Frame;

    /// <summary>
    /// Bytes that the handler took of the memory for requests, for a response that nobody could foresee: given back when the response has left or never will. Added to before the
    /// handler ends.
    /// </summary>
    public long Charged { get; set; }

    /// <summary>The request itself holds some of that memory already: it must not wait for more. Two such would wait for each other for ever.</summary>
    public bool HoldsMemory { get; set; }

    /// <summary>Everybody may do everything: nothing need be asked or left out.</summary>
    public bool IsUnrestricted => ReferenceEquals(Origin.Authorizer, Authorizer.Everyone);

    /// <summary>The one question of authorisation: whether the client may do that with that resource.</summary>
    public bool May(AclOperation operation, ResourceType type, string name) =>
        IsUnrestricted || Origin.Authorizer.Allows(Origin.Principal, Origin.ClientAddress, operation, type, name);

    /// <summary>The same as an error: none, or that of the resource's kind.</summary>
    public ErrorCode Check(AclOperation operation, ResourceType type, string name) => May(operation, type, name) ? ErrorCode.None : Authorizer.ErrorOf(type);

    /// <summary>The same for the cluster.</summary>
    public bool MayCluster(AclOperation operation) => May(operation, ResourceType.Cluster, Authorizer.ClusterName);

    /// <summary>The same for at least one resource of the type.</summary>
    public bool MaySome(AclOperation operation, ResourceType type) =>
        IsUnrestricted || Origin.Authorizer.AllowsSome(Origin.Principal, Origin.ClientAddress, operation, type);

    internal bool Silent { get; private set; }

    internal string? ClosingReason { get; private set; }

    /// <summary>Belongs to another request from here on.</summary>
    public void Begin(short version, int correlationId, string clientId, ClientOrigin origin)
    {
        (ApiVersion, CorrelationId, ClientId, Origin) = (version, correlationId, clientId, origin);
        (Waiting, Silent, ClosingReason, Charged, HoldsMemory) = (null, false, null, 0, false);
        Volatile.Write(ref _isAbandoned, false);
    }

    /// <summary>The client has gone: a wait is cut short, now or as soon as it begins.</summary>
    public void Abandon()
    {
        Volatile.Write(ref _isAbandoned, true);
        Interlocked.MemoryBarrier();
        Waiting?.Abandon(this);
    }

    /// <summary>The returned response is not sent (Produce with acks=0).</summary>
    public void StaySilent() => Silent = true;

    /// <summary>Instead of a response the connection ends, after the responses before it have left.</summary>
    public void CloseConnection(string reason) => ClosingReason = reason;
}

/// <summary>A wait that can be cut short.</summary>
internal interface IAbandonable
{
    /// <summary>The client of that request has gone. Called outside all locks; does nothing when the wait is over or another request's.</summary>
    void Abandon(RequestContext context);
}

/// <summary>The origin of a connection, as it is known before its first frame: the addresses, the listener, who the client is and who says what it may do. The same for all its requests.</summary>
internal sealed class ClientOrigin
{
    public required long ConnectionId { get; init; }

    public required string ListenerName { get; init; }

    /// <summary>The protocol of the listener.</summary>
    public SecurityProtocol Protocol { get; init; }

    public required IPAddress ClientAddress { get; init; }

    public required IPEndPoint LocalEndPoint { get; init; }

    /// <summary>The client, as whom it is known; another one once it has proved to be.</summary>
    public Principal Principal { get; set; } = Principal.Anonymous;

    /// <summary>Says what the client may do.</summary>
    public Authorizer Authorizer { get; init; } = Authorizer.Everyone;

    /// <summary>Is told of each request; null for nobody.</summary>
    public IRequestObserver? Observer { get; init; }

    /// <summary>The hold that keeps the next frame of the connection from being read.</summary>
    public FrameHold Frame { get; } = new();

    /// <summary>The connection has ended: nobody will read a response to what still waits, so none need be made.</summary>
    public bool IsGone
    {
        get => Volatile.Read(ref _isGone);
        set => Volatile.Write(ref _isGone, value);
    }

    private bool _isGone;

    /// <summary>As the client named itself in ApiVersions v3+; null before.</summary>
    public string? SoftwareName { get; set; }

    public string? SoftwareVersion { get; set; }
}

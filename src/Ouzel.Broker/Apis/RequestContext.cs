using System.Net;
using Ouzel.Protocol;

namespace Ouzel.Broker.Apis;

/// <summary>What a handler may know about a request besides its body.</summary>
internal sealed class RequestContext
{
    public required ApiKey ApiKey { get; init; }

    public required short ApiVersion { get; init; }

    public required int CorrelationId { get; init; }

    /// <summary>"" when the client sent null, as in Kafka.</summary>
    public required string ClientId { get; init; }

    /// <summary>The connection the request came by.</summary>
    public required ClientOrigin Origin { get; init; }

    public string ListenerName => Origin.ListenerName;

    public IPAddress ClientAddress => Origin.ClientAddress;

    /// <summary>The address the client came by.</summary>
    public IPEndPoint LocalEndPoint => Origin.LocalEndPoint;

    /// <summary>Cancelled when the connection is gone or the node stops: nobody will read the answer.</summary>
    public CancellationToken CancellationToken => Origin.Gone;

    internal bool Silent { get; private set; }

    internal string? ClosingReason { get; private set; }

    /// <summary>The returned response is not sent (Produce with acks=0).</summary>
    public void StaySilent() => Silent = true;

    /// <summary>Instead of an answer the connection ends, after the answers before it have left.</summary>
    public void CloseConnection(string reason) => ClosingReason = reason;
}

/// <summary>Where a connection comes from and where it arrived; the same for all its requests.</summary>
internal sealed class ClientOrigin
{
    public required long ConnectionId { get; init; }

    public required string ListenerName { get; init; }

    public required IPAddress ClientAddress { get; init; }

    public required IPEndPoint LocalEndPoint { get; init; }

    /// <summary>Cancelled when the connection is gone.</summary>
    public required CancellationToken Gone { get; init; }

    /// <summary>As the client named itself in ApiVersions v3+; null before.</summary>
    public string? SoftwareName { get; set; }

    public string? SoftwareVersion { get; set; }
}

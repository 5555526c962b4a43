using System.Net;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>The channel of a broker whose controller is in the same process: the handlers that a wire would lead to, without the wire.</summary>
/// <remarks>The node is itself and may do what a broker may, whatever an authorizer says of clients.</remarks>
internal sealed class OwnController : IControllerChannel
{
    private static readonly ClientOrigin Self = new()
    {
        ConnectionId = -1,
        ListenerName = "CONTROLLER",
        ClientAddress = IPAddress.Loopback,
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
    };

    private readonly BrokerRegistrationApi _registration;
    private readonly BrokerHeartbeatApi _heartbeat;

    public OwnController(ClusterController controller) => (_registration, _heartbeat) = ApiTable.OfController(controller);

    public ValueTask<BrokerRegistrationResponse> RegisterAsync(BrokerRegistrationRequest request) =>
        _registration.HandleAsync(request, Context(ApiKey.BrokerRegistration, BrokerRegistrationRequest.HighestVersion));

    public ValueTask<BrokerHeartbeatResponse> HeartbeatAsync(BrokerHeartbeatRequest request) =>
        _heartbeat.HandleAsync(request, Context(ApiKey.BrokerHeartbeat, BrokerHeartbeatRequest.HighestVersion));

    private static RequestContext Context(ApiKey key, short version) => new() { ApiKey = key, ApiVersion = version, Origin = Self };
}

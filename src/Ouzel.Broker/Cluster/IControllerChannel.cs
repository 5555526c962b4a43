using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>The controller as a broker reaches it: a request goes in, its response comes out, whether there is a wire between them or not.</summary>
internal interface IControllerChannel
{
    ValueTask<BrokerRegistrationResponse> RegisterAsync(BrokerRegistrationRequest request);

    ValueTask<BrokerHeartbeatResponse> HeartbeatAsync(BrokerHeartbeatRequest request);
}

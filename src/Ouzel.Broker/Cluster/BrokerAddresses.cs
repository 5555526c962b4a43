using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// The addresses of brokers as a client is told them. This node, when nothing is advertised for the listener, is where the client already found it: that works
/// through port forwarding and in containers, where the node cannot know its own name. Other brokers are where they registered.
/// </summary>
internal sealed class BrokerAddresses(BrokerOptions options)
{
    /// <summary>False when the broker is unknown, fenced, or has no such listener.</summary>
    public bool TryFind(ClusterImage image, int brokerId, RequestContext context, out string host, out int port)
    {
        (host, port) = ("", -1);
        return image.Brokers.TryGetValue(brokerId, out var broker) && !broker.Fenced && TryFind(broker, context, out host, out port);
    }

    /// <summary>Also for a fenced broker.</summary>
    public bool TryFind(BrokerImage broker, RequestContext context, out string host, out int port)
    {
        if (options.AdvertisedListeners.TryGetValue(context.ListenerName, out var advertised) && broker.Id == options.NodeId)
        {
            (host, port) = advertised;
            return true;
        }

        if (broker.Id == options.NodeId)
        {
            var address = context.LocalEndPoint.Address;
            (host, port) = ((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString(), context.LocalEndPoint.Port);
            return true;
        }

        var endpoint = Array.Find(broker.Endpoints, e => e.Name == context.ListenerName);
        (host, port) = endpoint is null ? ("", -1) : (endpoint.Host, endpoint.Port);
        return endpoint is not null;
    }
}

using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>The cluster's id, controller and brokers (KIP-700). v1 endpoint type (KIP-919): a broker knows those of brokers; v2 fenced brokers.</summary>
internal sealed class DescribeClusterApi(ClusterNode cluster, BrokerAddresses addresses) : IApi<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    public ValueTask<DescribeClusterResponse> HandleAsync(DescribeClusterRequest request, RequestContext context) => new(Respond(request, context));

    private DescribeClusterResponse Respond(DescribeClusterRequest request, RequestContext context)
    {
        if (request.EndpointType == Controllers)
        {
            return new() { ErrorCode = ErrorCode.MismatchedEndpointType, ErrorMessage = "This is a broker: it describes brokers, not controllers" };
        }

        if (request.EndpointType != Brokers)
        {
            return new() { ErrorCode = ErrorCode.UnsupportedEndpointType, ErrorMessage = $"There are no endpoints of type {request.EndpointType}" };
        }

        var image = cluster.Metadata.Current;
        var response = new DescribeClusterResponse { ClusterId = image.ClusterId, ControllerId = cluster.NodeId };
        foreach (var broker in image.Brokers.Values.Where(b => !b.Fenced || request.IncludeFencedBrokers))
        {
            if (addresses.TryFind(broker, context, out var host, out var port))
            {
                response.Brokers.Add(new() { BrokerId = broker.Id, Host = host, Port = port, Rack = broker.Rack, IsFenced = broker.Fenced });
            }
        }

        if (request.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.OfCluster(context);
        }

        return response;
    }
}

using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Found = Ouzel.Protocol.Messages.ListConfigResourcesResponse.ConfigResource;

namespace Ouzel.Broker.Apis;

/// <summary>
/// ListConfigResources v0-1 (KIP-1142): v0, once ListClientMetricsResources, tells subscriptions to metrics; v1 the kinds that are asked for, all of them when none is.
/// </summary>
internal sealed class ListConfigResourcesApi(MetadataCache metadata) : IApi<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    private static readonly ConfigResourceType[] Kinds =
        [ConfigResourceType.Topic, ConfigResourceType.Broker, ConfigResourceType.BrokerLogger, ConfigResourceType.ClientMetrics, ConfigResourceType.Group];

    public ValueTask<ListConfigResourcesResponse> HandleAsync(ListConfigResourcesRequest request, RequestContext context)
    {
        if (!context.MayCluster(AclOperation.DescribeConfigs))
        {
            return new(new ListConfigResourcesResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed });
        }

        if (request.ResourceTypes.Any(t => !Kinds.Contains((ConfigResourceType)t)))
        {
            return new(new ListConfigResourcesResponse { ErrorCode = ErrorCode.UnsupportedVersion });
        }

        var asked = context.ApiVersion == 0 ? [ConfigResourceType.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? Kinds
            : request.ResourceTypes.Select(t => (ConfigResourceType)t).Distinct();
        var image = metadata.Current;
        return new(new ListConfigResourcesResponse
        {
            ConfigResources = [.. asked.SelectMany(kind => NamesOf(kind, image).Select(name => new Found { ResourceName = name, ResourceType = (sbyte)kind }))],
        });
    }

    private static IEnumerable<string> NamesOf(ConfigResourceType kind, ClusterImage image) => kind switch
    {
        ConfigResourceType.Topic => image.Topics.Keys,
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => image.Brokers.Keys.Select(id => id.ToString()),
        _ => image.Configs.Keys.Where(r => r.Type == kind).Select(r => r.Name),
    };
}

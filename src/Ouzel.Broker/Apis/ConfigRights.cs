using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;

namespace Ouzel.Broker.Apis;

/// <summary>The rights to see and change settings: those of topics and groups belong to these, all others to the cluster.</summary>
internal static class ConfigRights
{
    /// <summary>Null where the client may; kinds that have no settings are refused elsewhere, to everybody.</summary>
    public static ConfigError? Check(RequestContext context, AclOperation operation, ConfigResource resource)
    {
        var (type, name) = resource.Type switch
        {
            ConfigResourceType.Topic => (ResourceType.Topic, resource.Name),
            ConfigResourceType.Group => (ResourceType.Group, resource.Name),
            ConfigResourceType.Broker or ConfigResourceType.BrokerLogger or ConfigResourceType.ClientMetrics => (ResourceType.Cluster, Authorizer.ClusterName),
            _ => default,
        };
        return type == default || context.May(operation, type, name) ? null : new ConfigError(Authorizer.ErrorOf(type), Authorizer.Denied);
    }
}

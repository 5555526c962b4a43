using System.Globalization;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>The resources that there are to describe and to change.</summary>
internal static class ConfigTargets
{
    public static ConfigError? CheckToDescribe(ConfigResource resource, ClusterImage image, int nodeId) => resource.Type switch
    {
        ConfigResourceType.Topic => CheckTopic(resource.Name, image),
        _ => CheckOther(resource.Type, resource.Name, nodeId),
    };

    public static ConfigError? CheckToChange(ConfigResource resource, ClusterImage image, int nodeId) => resource.Type switch
    {
        ConfigResourceType.Topic when resource.Name.Length == 0 => Invalid("A topic to change needs a name"),
        ConfigResourceType.Topic => CheckTopic(resource.Name, image),
        _ => CheckOther(resource.Type, resource.Name, nodeId),
    };

    /// <summary>Log levels can only be changed at the broker that they belong to.</summary>
    public static ConfigError? CheckLogger(string name, int nodeId) => CheckBroker(name, nodeId, "its number");

    private static ConfigError? CheckTopic(string name, ClusterImage image)
    {
        if (TopicNames.Check(name) is { } problem)
        {
            return new ConfigError(ErrorCode.InvalidTopicException, problem);
        }

        return image.Topics.ContainsKey(name) ? null : new ConfigError(ErrorCode.UnknownTopicOrPartition, $"There is no topic {name}");
    }

    private static ConfigError? CheckOther(ConfigResourceType type, string name, int nodeId) => type switch
    {
        ConfigResourceType.Broker => name.Length == 0 ? null : CheckBroker(name, nodeId, "its number, or nothing for all brokers"),
        ConfigResourceType.BrokerLogger => CheckLogger(name, nodeId),
        ConfigResourceType.Group => name.Length > 0 ? null : Invalid("A group with settings needs an id"),
        ConfigResourceType.ClientMetrics => name.Length > 0 ? null : Invalid("A subscription to metrics needs a name"),
        _ => Invalid($"Resources of the type {(sbyte)type} have no settings"),
    };

    private static ConfigError? CheckBroker(string name, int nodeId, string expected)
    {
        if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
        {
            return Invalid($"A broker is named by {expected}, not by '{name}'");
        }

        return id == nodeId ? null : Invalid($"Unexpected broker id, expected {nodeId} or empty string, but received {name}");
    }

    private static ConfigError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}

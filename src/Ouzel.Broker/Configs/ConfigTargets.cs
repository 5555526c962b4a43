using System.Globalization;
using Ouzel.Broker.Cluster;
using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>Which resources there are to describe and to change.</summary>
internal static class ConfigTargets
{
    public static ConfigError? CheckToDescribe(sbyte type, string name, ClusterImage image, int nodeId) => (ConfigResourceType)type switch
    {
        ConfigResourceType.Topic => CheckTopic(name, image),
        _ => CheckOther((ConfigResourceType)type, name, nodeId),
    };

    public static ConfigError? CheckToChange(sbyte type, string name, ClusterImage image, int nodeId) => (ConfigResourceType)type switch
    {
        ConfigResourceType.Topic when name.Length == 0 => Invalid("A topic to change needs a name"),
        ConfigResourceType.Topic => CheckTopic(name, image),
        _ => CheckOther((ConfigResourceType)type, name, nodeId),
    };

    private static ConfigError? CheckTopic(string name, ClusterImage image)
    {
        if (TopicNames.Check(name) is { } problem)
            return new ConfigError(ErrorCode.InvalidTopicException, problem);
        return image.Topics.ContainsKey(name) ? null : new ConfigError(ErrorCode.UnknownTopicOrPartition, $"There is no topic {name}");
    }

    private static ConfigError? CheckOther(ConfigResourceType type, string name, int nodeId) => type switch
    {
        ConfigResourceType.Broker => name.Length == 0 ? null : CheckBroker(name, nodeId, "its number, or nothing for all brokers"),
        ConfigResourceType.BrokerLogger => CheckBroker(name, nodeId, "its number"),
        ConfigResourceType.Group => name.Length > 0 ? null : Invalid("A group with settings needs an id"),
        ConfigResourceType.ClientMetrics => name.Length > 0 ? null : Invalid("A subscription to metrics needs a name"),
        _ => Invalid($"Resources of the type {(sbyte)type} have no settings"),
    };

    private static ConfigError? CheckBroker(string name, int nodeId, string expected)
    {
        if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
            return Invalid($"A broker is named by {expected}, not by '{name}'");
        return id == nodeId ? null : Invalid($"Unexpected broker id, expected {nodeId} or empty string, but received {name}");
    }

    private static ConfigError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}

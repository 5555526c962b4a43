using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>DescribeConfigs v1-4: settings of topics, brokers, loggers, groups and subscriptions to metrics. v3 documentation and type. v4 flexible.</summary>
internal sealed class DescribeConfigsApi(MetadataCache metadata, OptionsInForce inForce, ILogLevels? loggers) : IApi<DescribeConfigsRequest, DescribeConfigsResponse>, ILongResponse<DescribeConfigsRequest>
{
    /// <summary>A setting with its value, its synonyms and their encoding; texts that are everybody's do not count.</summary>
    private const int SettingBytes = 400;

    private const int SettingsOfTopic = 40;
    private const int SettingsOfBroker = 300;

    public long ResponseBytes(DescribeConfigsRequest request, RequestContext context)
    {
        long settings = 0;
        foreach (var resource in request.Resources)
        {
            settings += resource.ConfigurationKeys is { Count: > 0 } keys ? Math.Min(keys.Count, SettingsOfBroker)
                : (ConfigResourceType)resource.ResourceType is ConfigResourceType.Broker or ConfigResourceType.BrokerLogger ? SettingsOfBroker
                : SettingsOfTopic;
        }

        return settings * SettingBytes;
    }

    public ValueTask<DescribeConfigsResponse> HandleAsync(DescribeConfigsRequest request, RequestContext context)
    {
        var image = metadata.Current;
        var options = inForce.Of(image);
        return new(new DescribeConfigsResponse { Results = [.. request.Resources.Select(r => Describe(r, request, image, options, context))] });
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        DescribeConfigsRequest.DescribeConfigsResource asked, DescribeConfigsRequest request, ClusterImage image, BrokerOptions options, RequestContext context)
    {
        var result = new DescribeConfigsResponse.DescribeConfigsResult { ResourceType = asked.ResourceType, ResourceName = asked.ResourceName };
        var resource = new ConfigResource((ConfigResourceType)asked.ResourceType, asked.ResourceName);
        if ((ConfigRights.Check(context, AclOperation.DescribeConfigs, resource) ?? ConfigTargets.CheckToDescribe(resource, image, options.NodeId)) is { } error)
        {
            (result.ErrorCode, result.ErrorMessage) = (error.Code, error.Message);
            return result;
        }

        // Null and an empty list ask for everything.
        var keys = asked.ConfigurationKeys is { Count: > 0 } named ? named.ToHashSet(StringComparer.Ordinal) : null;
        var own = image.ConfigsOf(resource);
        var describer = new ConfigDescriber(options);
        var settings = resource.Type switch
        {
            ConfigResourceType.Topic => describer.Topic(own),
            ConfigResourceType.Broker when resource.Name.Length == 0 => describer.BrokerDefaults(),
            ConfigResourceType.Broker => describer.Broker(keys),
            ConfigResourceType.BrokerLogger => LoggerRules.Describe(loggers),
            ConfigResourceType.Group => describer.Group(own),
            _ => ConfigDescriber.ClientMetrics(own),
        };
        result.Configs = [.. settings.Where(s => keys is null || keys.Contains(s.Name)).Select(s => Shape(s, request))];
        return result;
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Shape(DescribedSetting setting, DescribeConfigsRequest request) => new()
    {
        Name = setting.Name,
        Value = setting.Value,
        ReadOnly = setting.ReadOnly,
        ConfigSource = (sbyte)setting.Source,
        IsSensitive = setting.IsSensitive,
        ConfigType = (sbyte)setting.Type,
        Documentation = request.IncludeDocumentation ? setting.Documentation : null,
        Synonyms = request.IncludeSynonyms
            ? [.. setting.Synonyms.Select(s => new DescribeConfigsResponse.DescribeConfigsSynonym { Name = s.Name, Value = s.Value, Source = (sbyte)s.Source })]
            : [],
    };
}

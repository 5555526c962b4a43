using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>Answers the controller's questions about topics' settings from the settings' tables.</summary>
internal sealed class TopicSettings(OptionsInForce options) : ITopicSettings
{
    public (ErrorCode Code, string Message)? Check(IReadOnlyList<KeyValuePair<string, string?>> configs, ClusterImage image)
    {
        if (configs.Count == 0)
        {
            return null;
        }

        var error = new ConfigAlteration(options.Of(image)).CheckTopic(new Dictionary<string, string?>(configs, StringComparer.Ordinal));
        return error is null ? null : (error.Code, error.Message);
    }

    /// <summary>A topic's own settings are told as they were given, others as they are understood.</summary>
    public List<CreateTopicsResponse.CreatableTopicConfigs> Describe(IReadOnlyDictionary<string, string> configs, ClusterImage image)
    {
        var described = new ConfigDescriber(options.Of(image)).Topic(configs);
        return
        [
            .. described.Select(setting => new CreateTopicsResponse.CreatableTopicConfigs
            {
                Name = setting.Name,
                Value = setting.IsSensitive ? null : configs.GetValueOrDefault(setting.Name, setting.Value!),
                ReadOnly = setting.ReadOnly,
                ConfigSource = (sbyte)setting.Source,
                IsSensitive = setting.IsSensitive,
            }),
        ];
    }

    public int IsrMin(string topic, ClusterImage image) => options.OfTopic(image, topic).MinInsyncReplicas;

    public bool UncleanElection(string topic, ClusterImage image) => options.OfTopic(image, topic).UncleanLeaderElectionEnable;
}

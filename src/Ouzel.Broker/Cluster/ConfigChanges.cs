using Ouzel.Broker.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>Carries changes of settings to the controller, one resource at a time: each stands or falls by itself.</summary>
internal sealed class ConfigChanges(ClusterController controller, OptionsInForce inForce, ILogLevels? loggers, int nodeId)
{
    /// <summary>Null when it is done (or would be, with <paramref name="validateOnly"/>), else why not.</summary>
    public async ValueTask<ConfigError?> ChangeAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, bool validateOnly)
    {
        if (resource.Type != ConfigResourceType.BrokerLogger)
        {
            return await DecideAsync(resource, (alteration, own) => alteration.Change(resource, own, changes), validateOnly);
        }
        // Levels are a matter of this node alone; the controller has no part in them.
        if ((ConfigTargets.CheckLogger(resource.Name, nodeId) ?? LoggerRules.Check(loggers, changes)) is { } error)
        {
            return error;
        }

        if (!validateOnly && loggers is not null)
        {
            LoggerRules.Apply(loggers, changes);
        }

        return null;
    }

    /// <inheritdoc cref="ChangeAsync"/>
    public ValueTask<ConfigError?> ReplaceAsync(ConfigResource resource, IReadOnlyList<(string Name, string? Value)> settings, bool validateOnly) =>
        DecideAsync(resource, (alteration, own) => alteration.Replace(resource, own, settings), validateOnly);

    private async ValueTask<ConfigError?> DecideAsync(
        ConfigResource resource, Func<ConfigAlteration, IReadOnlyDictionary<string, string>, ConfigOutcome> decide, bool validateOnly)
    {
        var (code, message) = await controller.AlterConfigsAsync(
            image =>
            {
                var options = inForce.Of(image);
                if (ConfigTargets.CheckToChange(resource, image, options.NodeId) is { } missing)
                {
                    return (missing.Code, missing.Message, []);
                }

                var outcome = decide(new ConfigAlteration(options, image.HasEligibleLeaders), image.ConfigsOf(resource));
                return outcome.Error is { } error
                    ? (error.Code, error.Message, [])
                    : (ErrorCode.None, null, [.. outcome.Changed.Select(c => new ConfigWrite(resource, c.Name, c.Value))]);
            },
            validateOnly);
        return code == ErrorCode.None ? null : new ConfigError(code, message ?? "");
    }
}

using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Configs;

/// <summary>The settings' handlers over a real controller, asked through a real connection.</summary>
internal sealed class ConfigBed : ILogLevels
{
    private readonly ClusterRun _run;
    private readonly ServedApi<DescribeConfigsRequest, DescribeConfigsResponse> _describe;
    private readonly ServedApi<AlterConfigsRequest, AlterConfigsResponse> _replace;
    private readonly ServedApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> _change;
    private readonly ServedApi<ListConfigResourcesRequest, ListConfigResourcesResponse> _list;
    private readonly Dictionary<string, string> _levels = new() { [ILogLevels.Root] = "INFO", ["Net"] = "INFO" };

    private ConfigBed(ClusterRun run)
    {
        _run = run;
        var changes = new ConfigChanges(run.Node.Controller, run.Node.InForce, this, run.Node.NodeId);
        _describe = new(new DescribeConfigsApi(run.Node.Metadata, run.Node.InForce, this), 1, 4);
        _replace = new(new AlterConfigsApi(changes), 0, 2);
        _change = new(new IncrementalAlterConfigsApi(changes), 0, 1);
        _list = new(new ListConfigResourcesApi(run.Node.Metadata), 0, 1);
    }

    public IReadOnlyDictionary<string, string> Levels => _levels;

    public static async Task<ConfigBed> StartAsync() => new(await new ClusterBed().StartAsync());

    public void Set(string logger, string? level) => _levels[logger] = level ?? _levels[ILogLevels.Root];

    public Task CreateTopicAsync(string name, params (string, string?)[] configs) => _run.CreateAsync(name, 1, configs);

    public async Task<DescribeConfigsResponse.DescribeConfigsResult> DescribeAsync(
        ConfigResourceType type, string name, string[]? keys = null, short version = 4, bool synonyms = false, bool documentation = false)
    {
        var response = await _describe.CallAsync(
            new()
            {
                Resources = [new() { ResourceType = (sbyte)type, ResourceName = name, ConfigurationKeys = keys?.ToList() }],
                IncludeSynonyms = synonyms,
                IncludeDocumentation = documentation && version >= 3,
            },
            version);
        return Assert.Single(response.Results);
    }

    /// <summary>name=value from source, of the settings that are set on the resource itself.</summary>
    public async Task<string> OwnAsync(ConfigResourceType type, string name)
    {
        var own = type switch { ConfigResourceType.Topic => ConfigSource.Topic, ConfigResourceType.Group => ConfigSource.Group, _ => ConfigSource.ClientMetrics };
        var result = await DescribeAsync(type, name);
        return string.Join(" ", result.Configs.Where(c => c.ConfigSource == (sbyte)own).OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => $"{c.Name}={c.Value}"));
    }

    public async Task<(ErrorCode Code, string? Message)> ChangeAsync(
        ConfigResourceType type, string name, string setting, ConfigOperation operation, string? value, short version = 1, bool validate = false)
    {
        var response = await ChangeAsync([(type, name, setting, operation, value)], version, validate);
        var answer = Assert.Single(response);
        return (answer.ErrorCode, answer.ErrorMessage);
    }

    public async Task<List<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse>> ChangeAsync(
        (ConfigResourceType Type, string Name, string Setting, ConfigOperation Operation, string? Value)[] changes, short version = 1, bool validate = false)
    {
        var request = new IncrementalAlterConfigsRequest { ValidateOnly = validate };
        foreach (var (type, name, setting, operation, value) in changes)
        {
            request.Resources.Add(new()
            {
                ResourceType = (sbyte)type,
                ResourceName = name,
                Configs = [new() { Name = setting, ConfigOperation = (sbyte)operation, Value = value }],
            });
        }

        return (await _change.CallAsync(request, version)).Responses;
    }

    public async Task<ErrorCode> ReplaceAsync(ConfigResourceType type, string name, (string Name, string? Value)[] settings, short version = 2, bool validate = false)
    {
        var response = await _replace.CallAsync(
            new()
            {
                ValidateOnly = validate,
                Resources = [new() { ResourceType = (sbyte)type, ResourceName = name, Configs = [.. settings.Select(s => new AlterConfigsRequest.AlterableConfig { Name = s.Name, Value = s.Value })] }],
            },
            version);
        return Assert.Single(response.Responses).ErrorCode;
    }

    public Task<ListConfigResourcesResponse> ListAsync(short version, params sbyte[] kinds) => _list.CallAsync(new() { ResourceTypes = [.. kinds] }, version);
}

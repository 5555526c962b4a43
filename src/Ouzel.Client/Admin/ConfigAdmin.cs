using Ouzel.Client.Admin;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client;

/// <summary>The kinds of resources with settings. The numbers are the protocol's.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>A topic, by name.</summary>
    Topic = 2,

    /// <summary>A broker, by id; the empty name is the default of all brokers.</summary>
    Broker = 4,

    /// <summary>The log levels of a broker, by id.</summary>
    BrokerLogger = 8,

    /// <summary>A subscription of client metrics, by name.</summary>
    ClientMetrics = 16,

    /// <summary>A group, by id.</summary>
    Group = 32,
}

/// <summary>Something that has settings.</summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    /// <summary>A topic's settings.</summary>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>A broker's settings; null for the default of all.</summary>
    public static ConfigResource Broker(int? id) => new(ConfigResourceType.Broker, id?.ToString() ?? "");
}

/// <summary>The origin of a value. The numbers are the protocol's.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>The broker does not say.</summary>
    Unknown = 0,

    /// <summary>Set on the topic.</summary>
    Topic = 1,

    /// <summary>Set on the broker while it runs.</summary>
    DynamicBroker = 2,

    /// <summary>Set for all brokers while they run.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>The broker's file or command line.</summary>
    StaticBroker = 4,

    /// <summary>Built in.</summary>
    Default = 5,

    /// <summary>Set as a log level.</summary>
    DynamicBrokerLogger = 6,

    /// <summary>Set on the subscription.</summary>
    ClientMetrics = 7,

    /// <summary>Set on the group.</summary>
    Group = 8,
}

/// <summary>One setting.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">As text; null when there is none, or it is sensitive.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsReadOnly">Whether it can only be changed in the broker's file.</param>
/// <param name="IsSensitive">Whether the value is never shown.</param>
/// <param name="Documentation">What it does; null unless asked for.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigSource Source, bool IsReadOnly, bool IsSensitive, string? Documentation);

/// <summary>A change of one setting.</summary>
public sealed record ConfigChange
{
    private ConfigChange(string name, sbyte operation, string? value) => (Name, Operation, Value) = (name, operation, value);

    /// <summary>Kafka's name of the setting.</summary>
    public string Name { get; }

    internal sbyte Operation { get; }

    internal string? Value { get; }

    /// <summary>Gives it a value.</summary>
    public static ConfigChange Set(string name, string value) => new(name, 0, value);

    /// <summary>Takes its value away, so that what lies beneath holds.</summary>
    public static ConfigChange Delete(string name) => new(name, 1, null);

    /// <summary>Adds entries to a list.</summary>
    public static ConfigChange Append(string name, string entries) => new(name, 2, entries);

    /// <summary>Takes entries out of a list.</summary>
    public static ConfigChange Subtract(string name, string entries) => new(name, 3, entries);
}

/// <summary>Settings of topics, brokers and groups.</summary>
public sealed class ConfigAdmin
{
    private readonly AdminCalls _calls;

    internal ConfigAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>Says all settings of some resources. A broker's own are asked of that broker.</summary>
    /// <param name="resources">Whose.</param>
    /// <param name="includeDocumentation">With what each does (Kafka 2.6).</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">A broker could not be asked.</exception>
    public async Task<IReadOnlyDictionary<ConfigResource, ItemResult<IReadOnlyList<ConfigEntry>>>> DescribeAsync(
        IEnumerable<ConfigResource> resources, bool includeDocumentation = false, CancellationToken cancellation = default)
    {
        var results = new Dictionary<ConfigResource, ItemResult<IReadOnlyList<ConfigEntry>>>();
        foreach (var ofBroker in resources.Distinct().GroupBy(OwnBroker))
        {
            var request = new DescribeConfigsRequest
            {
                Resources = [.. ofBroker.Select(r => new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = (sbyte)r.Type, ResourceName = r.Name, ConfigurationKeys = null })],
            };
            var response = await AskAsync<DescribeConfigsResponse>(ofBroker.Key, version =>
            {
                request.IncludeDocumentation = includeDocumentation && version >= 3;
                return request;
            }, cancellation);
            foreach (var answered in response.Results)
            {
                results[new ConfigResource((ConfigResourceType)answered.ResourceType, answered.ResourceName)] =
                    TopicAdmin.Result<IReadOnlyList<ConfigEntry>>(answered.ErrorCode, answered.ErrorMessage, [.. answered.Configs.Select(Entry)]);
            }
        }

        return results;
    }

    /// <summary>Changes some settings and leaves the others as they are (KIP-339; Kafka 2.3).</summary>
    /// <param name="changes">By resource.</param>
    /// <param name="validateOnly">Only says what would happen.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">A broker could not be asked.</exception>
    public async Task<IReadOnlyDictionary<ConfigResource, ItemResult>> AlterAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyList<ConfigChange>> changes, bool validateOnly = false, CancellationToken cancellation = default)
    {
        var results = new Dictionary<ConfigResource, ItemResult>();
        foreach (var ofBroker in changes.GroupBy(c => OwnBroker(c.Key)))
        {
            var request = new IncrementalAlterConfigsRequest
            {
                ValidateOnly = validateOnly,
                Resources = [.. ofBroker.Select(c => new IncrementalAlterConfigsRequest.AlterConfigsResource
                {
                    ResourceType = (sbyte)c.Key.Type,
                    ResourceName = c.Key.Name,
                    Configs = [.. c.Value.Select(e => new IncrementalAlterConfigsRequest.AlterableConfig { Name = e.Name, ConfigOperation = e.Operation, Value = e.Value })],
                })],
            };
            var response = await AskAsync<IncrementalAlterConfigsResponse>(ofBroker.Key, _ => request, cancellation);
            foreach (var answered in response.Responses)
            {
                results[new ConfigResource((ConfigResourceType)answered.ResourceType, answered.ResourceName)] = new ItemResult(answered.ErrorCode, answered.ErrorMessage);
            }
        }

        return results;
    }

    /// <summary>Changes settings of one resource.</summary>
    /// <exception cref="KafkaException">They were not changed.</exception>
    public async Task AlterAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellation = default) =>
        (await AlterAsync(new Dictionary<ConfigResource, IReadOnlyList<ConfigChange>> { [resource] = changes }, validateOnly: false, cancellation))[resource].ThrowIfFailed();

    /// <summary>The broker whose own settings these are; -1 when any broker can tell.</summary>
    private static int OwnBroker(ConfigResource resource) =>
        resource.Type is ConfigResourceType.Broker or ConfigResourceType.BrokerLogger && int.TryParse(resource.Name, out var id) ? id : -1;

    private Task<TResponse> AskAsync<TResponse>(int brokerId, MakeRequest<TResponse> make, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new() =>
        brokerId >= 0 ? _calls.BrokerAsync(brokerId, make, cancellation) : _calls.AnyAsync(make, _ => ErrorCode.None, cancellation);

    private static ConfigEntry Entry(DescribeConfigsResponse.DescribeConfigsResourceResult entry) =>
        new(entry.Name, entry.Value, (ConfigSource)Math.Max(entry.ConfigSource, (sbyte)0), entry.ReadOnly, entry.IsSensitive, entry.Documentation is { Length: > 0 } text ? text : null);
}

using System.Diagnostics.CodeAnalysis;
using Ouzel.Testing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Kafka broker in the process of the app host. Its connection string is host:port, known once it runs.</summary>
/// <param name="name">The resource's name.</param>
[SuppressMessage("Design", "CA1001", Justification = "The app host's container ends the broker: RunningBrokers.")]
public sealed class OuzelResource(string name) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Name, int Partitions, (string Name, string Value)[] Settings)> _topics = [];

    /// <summary>Host and port: the bootstrap servers of Kafka's clients.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{new Address(this)}");

    /// <summary>The topics that are there when the broker is ready.</summary>
    public IEnumerable<string> Topics => _topics.Select(static t => t.Name);

    internal int Port { get; set; }

    internal string? DataDirectory { get; set; }

    internal Dictionary<string, string> Properties { get; } = new(StringComparer.Ordinal);

    internal void Add(string topic, int partitions, (string Name, string Value)[] settings) => _topics.Add((topic, partitions, settings));

    internal void Configure(OuzelTestBrokerOptions options)
    {
        options.DataDirectory = DataDirectory;
        options.Properties["listeners"] = $"PLAINTEXT://127.0.0.1:{Port}";
        foreach (var (key, value) in Properties)
        {
            options.Properties[key] = value;
        }
    }

    /// <summary>Makes the topics that are not there yet: a broker on a directory may have them from the last time.</summary>
    internal async Task CreateTopicsAsync(OuzelTestBroker broker)
    {
        foreach (var (topic, partitions, settings) in _topics)
        {
            if (!broker.HasTopic(topic))
            {
                await broker.CreateTopicAsync(topic, partitions, settings);
            }
        }
    }

    internal void OnRunning(string address) => _address.TrySetResult(address);

    internal void OnFailed(Exception fault) => _address.TrySetException(fault);

    private sealed class Address(OuzelResource owner) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => $"{{{owner.Name}.connectionString}}";

        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => await owner._address.Task.WaitAsync(cancellationToken);
    }
}

using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client;

/// <summary>A host's configuration of the client: a section that has these names. A value that is left out has the client's own default; a name that is not here is an error.</summary>
public sealed class OuzelOptions
{
    /// <summary>The brokers to be asked first: host:port, several separated by commas.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <inheritdoc cref="OuzelClientOptions.ClientId"/>
    public string? ClientId { get; set; }

    /// <inheritdoc cref="OuzelClientOptions.RequestTimeoutMs"/>
    public int? RequestTimeoutMs { get; set; }

    /// <inheritdoc cref="OuzelClientOptions.ApiTimeoutMs"/>
    public int? ApiTimeoutMs { get; set; }

    /// <inheritdoc cref="OuzelClientOptions.ConnectTimeoutMs"/>
    public int? ConnectTimeoutMs { get; set; }

    /// <inheritdoc cref="OuzelClientOptions.RetryBackoffMs"/>
    public int? RetryBackoffMs { get; set; }

    /// <inheritdoc cref="OuzelClientOptions.RetryBackoffMaxMs"/>
    public int? RetryBackoffMaxMs { get; set; }

    /// <inheritdoc cref="OuzelClientOptions.MetadataMaxAgeMs"/>
    public int? MetadataMaxAgeMs { get; set; }

    /// <summary>Of every producer of the host.</summary>
    public OuzelProducerOptions Producer { get; set; } = new();

    /// <summary>Of every handler of the host.</summary>
    public OuzelConsumerOptions Consumer { get; set; } = new();
}

/// <summary>The options of a host's producers; see <see cref="ProducerOptions"/>.</summary>
public sealed class OuzelProducerOptions
{
    /// <inheritdoc cref="ProducerOptions.Acks"/>
    public Acks? Acks { get; set; }

    /// <inheritdoc cref="ProducerOptions.Idempotent"/>
    public bool? Idempotent { get; set; }

    /// <inheritdoc cref="ProducerOptions.Compression"/>
    public CompressionCodec? Compression { get; set; }

    /// <inheritdoc cref="ProducerOptions.LingerMs"/>
    public int? LingerMs { get; set; }

    /// <inheritdoc cref="ProducerOptions.BatchBytes"/>
    public int? BatchBytes { get; set; }

    /// <inheritdoc cref="ProducerOptions.BufferBytes"/>
    public long? BufferBytes { get; set; }

    /// <inheritdoc cref="ProducerOptions.RequestBytesMax"/>
    public int? RequestBytesMax { get; set; }

    /// <inheritdoc cref="ProducerOptions.DeliveryTimeoutMs"/>
    public int? DeliveryTimeoutMs { get; set; }

    /// <inheritdoc cref="ProducerOptions.BlockMs"/>
    public int? BlockMs { get; set; }

    /// <inheritdoc cref="ProducerOptions.CloseTimeoutMs"/>
    public int? CloseTimeoutMs { get; set; }
}

/// <summary>The options of a host's handlers; see <see cref="ConsumerOptions"/>.</summary>
public sealed class OuzelConsumerOptions
{
    /// <inheritdoc cref="ConsumerOptions.GroupInstanceId"/>
    public string? GroupInstanceId { get; set; }

    /// <inheritdoc cref="ConsumerOptions.Assignors"/>
    public Assignor[]? Assignors { get; set; }

    /// <inheritdoc cref="ConsumerOptions.SessionTimeoutMs"/>
    public int? SessionTimeoutMs { get; set; }

    /// <inheritdoc cref="ConsumerOptions.HeartbeatIntervalMs"/>
    public int? HeartbeatIntervalMs { get; set; }

    /// <inheritdoc cref="ConsumerOptions.MaxPollIntervalMs"/>
    public int? MaxPollIntervalMs { get; set; }

    /// <summary>Between commits of what was handled.</summary>
    public int? CommitIntervalMs { get; set; }

    /// <inheritdoc cref="ConsumerOptions.IsolationLevel"/>
    public IsolationLevel? IsolationLevel { get; set; }

    /// <inheritdoc cref="ConsumerOptions.PrefetchMaxBytes"/>
    public int? PrefetchMaxBytes { get; set; }

    /// <inheritdoc cref="ConsumerOptions.Rack"/>
    public string? Rack { get; set; }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Client.Connections;

namespace Ouzel.Client;

/// <summary>The options of a client. Times are milliseconds; Kafka's name of each setting stands in its text.</summary>
public sealed class OuzelClientOptions
{
    /// <summary>The brokers to ask first: host:port, several separated by commas (bootstrap.servers). All other brokers are learned from these.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Stands in every request, in the broker's logs and quotas (client.id).</summary>
    public string ClientId { get; init; } = "ouzel";

    /// <summary>From a request to its response (request.timeout.ms). Kafka's default.</summary>
    public int RequestTimeoutMs { get; init; } = 30_000;

    /// <summary>For a whole administrative call with its retries, and for a topic's metadata to appear (default.api.timeout.ms). Kafka's default.</summary>
    public int ApiTimeoutMs { get; init; } = 60_000;

    /// <summary>For a connection to be set up, and again for its handshake (socket.connection.setup.timeout.ms). Kafka's default.</summary>
    public int ConnectTimeoutMs { get; init; } = 10_000;

    /// <summary>After the first failed attempt to connect; doubled with each further one (reconnect.backoff.ms). Kafka's default.</summary>
    public int ReconnectBackoffMs { get; init; } = 50;

    /// <summary>The most between attempts to connect (reconnect.backoff.max.ms). Kafka's default.</summary>
    public int ReconnectBackoffMaxMs { get; init; } = 1000;

    /// <summary>After the first failed request; doubled with each further one (retry.backoff.ms). Kafka's default.</summary>
    public int RetryBackoffMs { get; init; } = 100;

    /// <summary>The most between retries (retry.backoff.max.ms). Kafka's default.</summary>
    public int RetryBackoffMaxMs { get; init; } = 1000;

    /// <summary>An older picture of the cluster is replaced (metadata.max.age.ms). Kafka's default.</summary>
    public int MetadataMaxAgeMs { get; init; } = 300_000;

    /// <summary>The longest response taken. Twice the 50 MiB that a fetch asks for at most, and room for one batch beyond.</summary>
    public int ResponseBytesMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>Opens the streams to brokers; TCP unless replaced.</summary>
    public ConnectStream Connect { get; init; } = TcpStream.ConnectAsync;

    /// <summary>The loggers that are told what happened to connections and metadata.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind every timeout and wait.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Spreads waits and choices. Null: one that is seeded by the system. Used under a lock.</summary>
    public Random? Random { get; init; }

    /// <summary>The scheduler of the client's loops; the thread pool unless replaced.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    internal Backoff Retry => new(RetryBackoffMs, RetryBackoffMaxMs);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(BootstrapServers);
        Positive(RequestTimeoutMs, nameof(RequestTimeoutMs));
        Positive(ApiTimeoutMs, nameof(ApiTimeoutMs));
        Positive(ConnectTimeoutMs, nameof(ConnectTimeoutMs));
        Positive(ReconnectBackoffMs, nameof(ReconnectBackoffMs));
        Positive(RetryBackoffMs, nameof(RetryBackoffMs));
        Positive(MetadataMaxAgeMs, nameof(MetadataMaxAgeMs));
        Positive(ResponseBytesMax, nameof(ResponseBytesMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReconnectBackoffMaxMs, ReconnectBackoffMs);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryBackoffMaxMs, RetryBackoffMs);
    }

    private static void Positive(int value, string name) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
}

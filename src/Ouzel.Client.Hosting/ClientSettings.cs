using Microsoft.Extensions.Logging;

namespace Ouzel.Client.Hosting;

/// <summary>The client's own options, made from a host's.</summary>
internal static class ClientSettings
{
    /// <summary>Between commits unless told: what is handled again after a crash is at most as old. Kafka's default (auto.commit.interval.ms).</summary>
    public const int CommitIntervalMsDefault = 5000;

    public static OuzelClientOptions Client(OuzelOptions host, ConnectStream? connect, TimeProvider? clock, ILoggerFactory loggers)
    {
        var defaults = new OuzelClientOptions { BootstrapServers = "" };
        return new OuzelClientOptions
        {
            BootstrapServers = host.BootstrapServers,
            ClientId = host.ClientId ?? defaults.ClientId,
            RequestTimeoutMs = host.RequestTimeoutMs ?? defaults.RequestTimeoutMs,
            ApiTimeoutMs = host.ApiTimeoutMs ?? defaults.ApiTimeoutMs,
            ConnectTimeoutMs = host.ConnectTimeoutMs ?? defaults.ConnectTimeoutMs,
            RetryBackoffMs = host.RetryBackoffMs ?? defaults.RetryBackoffMs,
            RetryBackoffMaxMs = host.RetryBackoffMaxMs ?? defaults.RetryBackoffMaxMs,
            MetadataMaxAgeMs = host.MetadataMaxAgeMs ?? defaults.MetadataMaxAgeMs,
            Connect = connect ?? defaults.Connect,
            Clock = clock ?? defaults.Clock,
            Loggers = loggers,
        };
    }

    public static ProducerOptions Producer(OuzelProducerOptions host, string? topic) => Producer(host, topic, host.Acks, host.Idempotent);

    /// <summary>For dead letters: what lies behind one is committed once it is acknowledged, so its acknowledgement means what it says, whatever the host's producers do.</summary>
    public static ProducerOptions DeadLetters(OuzelProducerOptions host) => Producer(host, null, Acks.All, isIdempotent: true);

    public static ConsumerOptions Consumer(OuzelConsumerOptions host, StartPosition start, Func<RebalanceEvent, CancellationToken, ValueTask>? onRebalance)
    {
        var defaults = new ConsumerOptions();
        return new ConsumerOptions
        {
            GroupInstanceId = host.GroupInstanceId,
            Assignors = host.Assignors ?? defaults.Assignors,
            SessionTimeoutMs = host.SessionTimeoutMs ?? defaults.SessionTimeoutMs,
            HeartbeatIntervalMs = host.HeartbeatIntervalMs ?? defaults.HeartbeatIntervalMs,
            MaxPollIntervalMs = host.MaxPollIntervalMs ?? defaults.MaxPollIntervalMs,
            IsolationLevel = host.IsolationLevel ?? defaults.IsolationLevel,
            PrefetchMaxBytes = host.PrefetchMaxBytes ?? defaults.PrefetchMaxBytes,
            Rack = host.Rack,
            AutoCommit = false,
            OffsetReset = start,
            OnRebalance = onRebalance,
        };
    }

    private static ProducerOptions Producer(OuzelProducerOptions host, string? topic, Acks? acks, bool? isIdempotent)
    {
        var defaults = new ProducerOptions();
        return new ProducerOptions
        {
            Topic = topic,
            Acks = acks ?? defaults.Acks,
            Idempotent = isIdempotent,
            Compression = host.Compression ?? defaults.Compression,
            LingerMs = host.LingerMs ?? defaults.LingerMs,
            BatchBytes = host.BatchBytes ?? defaults.BatchBytes,
            BufferBytes = host.BufferBytes ?? defaults.BufferBytes,
            RequestBytesMax = host.RequestBytesMax ?? defaults.RequestBytesMax,
            DeliveryTimeoutMs = host.DeliveryTimeoutMs ?? defaults.DeliveryTimeoutMs,
            BlockMs = host.BlockMs ?? defaults.BlockMs,
            CloseTimeoutMs = host.CloseTimeoutMs ?? defaults.CloseTimeoutMs,
        };
    }
}

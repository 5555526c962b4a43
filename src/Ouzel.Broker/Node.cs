using Microsoft.Extensions.Logging;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Partitions;
using Ouzel.Storage;

namespace Ouzel.Broker;

/// <summary>The parts of one running node, as <c>Broker</c> puts them together and the API table hands them to handlers.</summary>
internal sealed class Node
{
    public required TimeProvider Clock { get; init; }

    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required FeatureLevels Features { get; init; }

    public required MetadataCache Metadata { get; init; }

    public required PartitionTable Partitions { get; init; }

    public required FetchSessions FetchSessions { get; init; }

    /// <summary>Timeouts of requests that wait.</summary>
    public required TimingWheel Timeouts { get; init; }

    public required ProducerIds ProducerIds { get; init; }

    /// <summary>The controller and this node's part in the cluster; absent where a test says itself what the metadata is.</summary>
    public ClusterNode? Cluster { get; init; }

    /// <summary>Where the logs are.</summary>
    public LogDirectories? Directories { get; init; }

    /// <summary>What the node was told at its start.</summary>
    public BrokerOptions? Options { get; init; }

    /// <summary>fetch.max.bytes.</summary>
    public required Func<int> FetchBytesMax { get; init; }
}

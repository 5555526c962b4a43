using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Fetching;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Partitions;
using Ouzel.Storage;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Apis;

/// <summary>The parts of one running node, as <c>Broker</c> puts them together and the API table hands them to handlers.</summary>
internal sealed class Node
{
    public required TimeProvider Clock { get; init; }

    /// <summary>Told of what fails in one item of a loop.</summary>
    public required FaultGuard Faults { get; init; }

    /// <summary>The bound on what clients may make the node keep: whatever a stranger can make big is charged to one of its lanes.</summary>
    public required MemoryBudget Memory { get; init; }

    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required FeatureLevels Features { get; init; }

    public required MetadataCache Metadata { get; init; }

    public required PartitionTable Partitions { get; init; }

    public required FetchSessions FetchSessions { get; init; }

    /// <summary>Timeouts of requests that wait.</summary>
    public required TimingWheel Timeouts { get; init; }

    public required ProducerIds ProducerIds { get; init; }

    /// <summary>fetch.max.bytes.</summary>
    public required Func<int> FetchBytesMax { get; init; }

    /// <summary>The settings of this node's start.</summary>
    public required BrokerOptions Options { get; init; }

    /// <summary>The log directories.</summary>
    public required LogDirectories Directories { get; init; }

    /// <summary>The controller, the metadata's settings in force, the internal topics.</summary>
    public required ClusterNode Cluster { get; init; }

    /// <summary>Tells the controller of the log directories.</summary>
    public required DirectoryReports Reports { get; init; }

    /// <summary>All coordinators.</summary>
    public required CoordinatorTable Coordinators { get; init; }

    public required GroupCoordinator Groups { get; init; }
}

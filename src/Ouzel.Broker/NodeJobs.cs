using Ouzel.Broker.Apis;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Net;
using Ouzel.Storage;
using Ouzel.Storage.Work;

namespace Ouzel.Broker;

/// <summary>The jobs that a node does from time to time, but for compaction, which has its own thread.</summary>
internal sealed class NodeJobs(Node node, ConnectionTable connections, Schedule schedule)
{
    private const int DeleteDueIntervalMs = 5000;
    private const int IdleCheckIntervalMs = 10000;
    private const int StallCheckIntervalMs = 2000;
    private const int PeerCheckIntervalMs = 200;
    private const int MemoryTrimIntervalMs = 60000;

    /// <param name="options">The intervals.</param>
    /// <param name="connectionWork">For what never waits for a disk: the bounds on clients hold also while one stalls, and with it the other jobs.</param>
    public void Start(BrokerOptions options, BlockingWork connectionWork)
    {
        EveryDirectory("retention", options.Log.RetentionCheckIntervalMs, d => d.RunRetention(NowMs));
        EveryDirectory("checkpoint of recovery points", options.Log.FlushOffsetCheckpointIntervalMs, d => d.CheckpointOffsets());
        EveryDirectory("checkpoint of high watermarks", options.Replication.ReplicaHighWatermarkCheckpointIntervalMs, d => d.CheckpointHighWatermarks());
        EveryDirectory("delayed deletion", DeleteDueIntervalMs, d => d.DeleteDue(NowMs));
        schedule.Every("expiry of producers", options.Transactions.ProducerIdExpirationCheckIntervalMs, ExpireProducers);
        schedule.Every("idle connections", () => IdleCheckIntervalMs, connections.CloseIdle, connectionWork);
        schedule.Every("clients that have left", () => PeerCheckIntervalMs, connections.LookForPeers, connectionWork);
        schedule.Every("requests that do not arrive", () => StallCheckIntervalMs, connections.EndStalled, connectionWork);
        schedule.Every("memory of huge requests", () => MemoryTrimIntervalMs, connections.Budget.Frames.Trim, connectionWork);
    }

    private long NowMs => node.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>One directory's fault is not the others'.</summary>
    private void EveryDirectory(string name, long intervalMs, Action<LogDirectory> run) => schedule.Every(name, intervalMs, () =>
    {
        foreach (var directory in node.Directories.All.Where(d => !d.IsOffline))
        {
            node.Faults.Run($"{name} in {directory.Path}", () => run(directory));
        }
    });

    private void ExpireProducers()
    {
        // Can be changed while the node runs.
        long expirationMs = node.Cluster.InForce.Of(node.Metadata.Current).Transactions.ProducerIdExpirationMs;
        foreach (var log in node.Directories.Logs)
        {
            node.Faults.Run("expiry of producers", () => log.RemoveExpiredProducers(NowMs, expirationMs));
        }
    }
}

using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Diagnostics;

namespace Ouzel.Broker.Partitions;

/// <summary>
/// Tells the controller what this node learns of its log directories while it runs: where new replicas are, which directory failed, which get nothing new.
/// From then on the cluster's metadata says it to everybody: what lies in a failed directory has no leader, and its replica is offline.
/// </summary>
internal sealed class DirectoryReports(ClusterNode node, PartitionTable partitions, ILogger log) : IClusterListener
{
    public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
    {
        if (node.BrokerEpoch < 0)
        {
            return ValueTask.CompletedTask; // the registration says it all
        }

        var touched = delta.FeaturesChanged ? image.Topics.Values : delta.TopicsCreated.Concat(delta.TopicsChanged.Select(change => change.After));
        if (partitions.Misplaced(image, touched).Count > 0)
        {
            _ = TellAsync(async () => await node.AssignDirectoriesAsync(partitions.Misplaced));
        }

        // Also when the broker itself was changed: a report that was made of an older image may have come last.
        if ((delta.FeaturesChanged || delta.BrokersChanged.Contains(node.NodeId) || delta.ConfigsChanged.Any(resource => resource.Type == ConfigResourceType.Broker))
            && image.MetadataVersion.HasCordonedDirectories
            && image.Brokers.TryGetValue(node.NodeId, out var self)
            && !node.CordonedDirectories(image).Order().SequenceEqual(self.CordonedDirectories.Order()))
        {
            _ = TellAsync(async () => await node.ReportDirectoriesAsync(image));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A log directory failed. Where its replicas are is told first, for the metadata may not know yet.</summary>
    public Task OnOfflineAsync() => TellAsync(async () =>
    {
        await node.AssignDirectoriesAsync(partitions.Misplaced);
        await node.ReportDirectoriesAsync(node.Metadata.Current);
    });

    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception fault)
        {
            // The partitions themselves refuse what cannot be served; only the metadata goes on naming this node.
            Log.DirectoriesNotTold(log, fault.Message);
        }
    }
}

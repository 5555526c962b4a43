using Microsoft.Extensions.Logging;

namespace Ouzel.Broker.Cluster;

/// <summary>Says which topics are made, grown and deleted. What a start finds is no news.</summary>
internal sealed class TopicNews(ILogger log) : IClusterListener
{
    public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
    {
        // The first step comes from the empty image, which has no features yet.
        if (!delta.Before.Features.IsEmpty)
        {
            foreach (var topic in delta.TopicsDeleted)
            {
                ClusterEvents.TopicDeleted(log, topic.Name, topic.Id.ToString(), topic.Partitions.Length);
            }

            foreach (var topic in delta.TopicsCreated)
            {
                ClusterEvents.TopicMade(log, topic.Name, topic.Id.ToString(), topic.Partitions.Length);
            }

            foreach (var (before, after) in delta.TopicsChanged)
            {
                if (after.Partitions.Length > before.Partitions.Length)
                {
                    ClusterEvents.TopicGrown(log, after.Name, before.Partitions.Length, after.Partitions.Length);
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}

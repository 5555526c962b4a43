using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Coordination;

/// <summary>The coordinators of this node. One list: the listener of the cluster's metadata, FindCoordinator and the disks' failures go through it.</summary>
internal sealed class CoordinatorTable(IReadOnlyList<ICoordinator> all) : IDisposable
{
    /// <summary>The kinds of keys, as FindCoordinator numbers them.</summary>
    private enum KeyType : sbyte
    {
        Group = 0,
        Transaction = 1,
    }

    public IReadOnlyList<ICoordinator> All => all;

    /// <summary>The internal topic that holds keys of a kind; null for a kind that no coordinator has.</summary>
    public static string? TopicOf(sbyte keyType) => (KeyType)keyType switch
    {
        KeyType.Group => InternalTopicNames.ConsumerOffsets,
        KeyType.Transaction => InternalTopicNames.TransactionState,
        _ => null,
    };

    /// <summary>
    /// True when a partition that this node leads cannot be served: who is sent here would be refused for ever. A topic without a coordinator refuses by
    /// itself.
    /// </summary>
    public bool IsLost(string topic, int partition)
    {
        foreach (var coordinator in all)
        {
            if (coordinator.Topic == topic)
            {
                return coordinator.IsLost(partition);
            }
        }

        return false;
    }

    /// <summary>A log directory went offline.</summary>
    public void OnDirectoryOffline()
    {
        foreach (var coordinator in all)
        {
            coordinator.OnDirectoryOffline();
        }
    }

    public void Dispose()
    {
        foreach (var coordinator in all)
        {
            coordinator.Dispose();
        }
    }
}

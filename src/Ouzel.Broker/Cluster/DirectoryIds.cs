using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>Ids that stand for a log directory whose own id is not there (KIP-858).</summary>
internal static class DirectoryIds
{
    /// <summary>A replica of a cluster that was too old to tell.</summary>
    public static readonly Uuid Migrating = Uuid.Zero;

    /// <summary>The broker has not said yet where it put the replica.</summary>
    public static readonly Uuid Unassigned = new(0, 1);

    /// <summary>The directory cannot be used.</summary>
    public static readonly Uuid Lost = new(0, 2);

    /// <summary>True when a replica in <paramref name="directory"/> can be used by a broker that registered with <paramref name="registered"/>.</summary>
    public static bool IsOnline(Uuid directory, Uuid[] registered) =>
        directory == Migrating || directory == Unassigned || (directory != Lost && (registered.Length == 0 || registered.Contains(directory)));
}

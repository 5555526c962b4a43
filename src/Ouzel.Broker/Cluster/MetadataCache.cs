namespace Ouzel.Broker.Cluster;

/// <summary>Holds the image everybody on this node reads. Take it once per request: the next look may see another one.</summary>
internal sealed class MetadataCache
{
    private ClusterImage _current = ClusterImage.Empty;

    public ClusterImage Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}

/// <summary>Follows the cluster's metadata.</summary>
internal interface IClusterListener
{
    /// <summary>
    /// Makes this node what <paramref name="image"/> says. Called in order, one step at a time; nothing that asked for the change is answered before
    /// this completes. The first step after a start comes from the empty image, so that everything is created. A failure here stops the node.
    /// </summary>
    ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta);
}

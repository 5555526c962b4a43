using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>This broker as its cluster knows it.</summary>
/// <param name="id">node.id.</param>
/// <param name="incarnationId">Tells this run from the ones before it.</param>
internal sealed class BrokerSelf(int id, Uuid incarnationId)
{
    private long _epoch = -1;

    public int Id => id;

    public Uuid IncarnationId => incarnationId;

    /// <summary>The epoch that its registration was given; -1 before.</summary>
    public long Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }
}

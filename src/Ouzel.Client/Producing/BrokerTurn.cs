using Ouzel.Client.Connections;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Producing;

/// <summary>One broker as the sender knows it: how many requests are under way, and the partitions whose turn it is. Used by the sender's loop alone, but for the counter.</summary>
internal sealed class BrokerTurn(int brokerId)
{
    private int _inFlight;
    private int _isOpening;

    public int BrokerId => brokerId;

    /// <summary>Partitions led by the broker that have something to send, of this round.</summary>
    public List<PartitionSlot> Slots { get; } = [];

    /// <summary>Filled anew for each request: it is encoded before the next is filled.</summary>
    public ProduceRequest Request { get; } = new();

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Open, as of this round.</summary>
    public Connection? Connection { get; set; }

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>True for the one who shall open a connection.</summary>
    public bool TryBeginOpening() => Interlocked.Exchange(ref _isOpening, 1) == 0;

    public void EndOpening() => Volatile.Write(ref _isOpening, 0);
}

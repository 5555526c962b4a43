using Ouzel.Protocol;

namespace Ouzel.Client.Connections;

/// <summary>The links of a client: one for each broker and <see cref="Lane"/>, made when first asked for.</summary>
/// <param name="options">How connections are opened.</param>
/// <param name="clientId">Of every request.</param>
/// <param name="responseBytesMax">The longest response taken.</param>
/// <param name="world">Clock, chance, threads, log.</param>
internal sealed class ConnectionPool(LinkOptions options, string clientId, int responseBytesMax, ClientSurroundings world) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int BrokerId, Lane Lane), BrokerLink> _links = [];
    private readonly Dictionary<int, ServerAddress> _addresses = [];
    private bool _isDisposed;

    /// <summary>The lane of short calls: metadata, administration.</summary>
    public Lane General { get; } = new("general");

    /// <summary>Says where brokers are. A link to an address that changed is closed; the next call opens the new one.</summary>
    public void SetAddresses(IEnumerable<(int BrokerId, ServerAddress Address)> brokers)
    {
        List<BrokerLink> moved = [];
        lock (_gate)
        {
            foreach (var (id, address) in brokers)
            {
                if (_addresses.TryGetValue(id, out var known) && known == address)
                {
                    continue;
                }

                _addresses[id] = address;
                moved.AddRange(TakeLinks(key => key.BrokerId == id));
            }
        }

        foreach (var link in moved)
        {
            _ = world.Start(() => link.DisposeAsync().AsTask());
        }
    }

    /// <summary>The link of a broker; null while nobody has said where the broker is.</summary>
    public BrokerLink? Find(int brokerId, Lane lane)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_links.TryGetValue((brokerId, lane), out var link))
            {
                return link;
            }

            if (!_addresses.TryGetValue(brokerId, out var address))
            {
                return null;
            }

            return _links[(brokerId, lane)] = new BrokerLink(new ConnectionIdentity(address, brokerId, clientId, responseBytesMax), options, world);
        }
    }

    /// <summary>An open connection to a broker.</summary>
    /// <exception cref="KafkaException">The broker is unknown or cannot be reached.</exception>
    public ValueTask<Connection> OpenAsync(int brokerId, Lane lane, CancellationToken cancellation) =>
        Find(brokerId, lane) is { } link
            ? link.OpenAsync(cancellation)
            : throw new KafkaException(ErrorCode.BrokerNotAvailable, $"Broker {brokerId} is not in the cluster's metadata") { BrokerId = brokerId };

    /// <summary>Closes the connections of a lane that nobody uses any more.</summary>
    public async ValueTask CloseAsync(Lane lane)
    {
        List<BrokerLink> links;
        lock (_gate)
        {
            links = TakeLinks(key => key.Lane == lane);
        }

        foreach (var link in links)
        {
            await link.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<BrokerLink> links;
        lock (_gate)
        {
            _isDisposed = true;
            links = TakeLinks(_ => true);
        }

        foreach (var link in links)
        {
            await link.DisposeAsync();
        }
    }

    /// <summary>Called under the lock.</summary>
    private List<BrokerLink> TakeLinks(Func<(int BrokerId, Lane Lane), bool> which)
    {
        List<BrokerLink> taken = [];
        foreach (var key in _links.Keys.Where(which).ToArray())
        {
            _links.Remove(key, out var link);
            taken.Add(link!);
        }

        return taken;
    }
}

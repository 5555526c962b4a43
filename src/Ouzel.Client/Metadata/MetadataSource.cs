using Ouzel.Client.Connections;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Metadata;

/// <summary>The source that <see cref="MetadataCache"/> asks.</summary>
internal interface IMetadataSource
{
    /// <summary>Some broker's answer.</summary>
    /// <exception cref="KafkaException">None answers.</exception>
    Task<MetadataResponse> AskAsync(ClusterMetadata known, MetadataRequest request, CancellationToken cancellation);

    /// <summary>The cluster's brokers may have changed.</summary>
    void OnBrokers(ClusterMetadata cluster);
}

/// <summary>Asks brokers over the general lane: an open connection first, then any known broker, then the bootstrap list (KIP-899).</summary>
internal sealed class BrokerMetadataSource : IMetadataSource
{
    private readonly ConnectionPool _pool;
    private readonly int[] _bootstrapIds;
    private readonly int _timeoutMs;
    private readonly ClientSurroundings _world;

    public BrokerMetadataSource(ConnectionPool pool, IReadOnlyList<ServerAddress> bootstrap, int timeoutMs, ClientSurroundings world)
    {
        _pool = pool;
        _timeoutMs = timeoutMs;
        _world = world;

        // Addresses whose broker is not known yet have negative ids of their own.
        _bootstrapIds = [.. Enumerable.Range(1, bootstrap.Count).Select(i => -i - 1)];
        pool.SetAddresses(bootstrap.Select((address, i) => (_bootstrapIds[i], address)));
    }

    public void OnBrokers(ClusterMetadata cluster) => _pool.SetAddresses(cluster.Brokers.Values.Select(b => (b.Id, b.Address)));

    public async Task<MetadataResponse> AskAsync(ClusterMetadata known, MetadataRequest request, CancellationToken cancellation)
    {
        KafkaException? last = null;
        foreach (var id in Candidates(known))
        {
            try
            {
                var connection = await _pool.OpenAsync(id, _pool.General, cancellation);
                var response = await connection.CallAsync(request, connection.Served.Choose<MetadataResponse>(lowest: 4), _timeoutMs, cancellation);
                if (response.ErrorCode == ErrorCode.None)
                {
                    return response;
                }

                last = new KafkaException(response.ErrorCode, $"Broker {id} gave no metadata") { BrokerId = id };
            }
            catch (KafkaException fault)
            {
                last = fault;
            }
        }

        throw NobodyAnswers(last);
    }

    /// <summary>An open connection to some broker.</summary>
    /// <exception cref="KafkaException">None can be reached.</exception>
    public async ValueTask<Connection> OpenAnyAsync(ClusterMetadata known, CancellationToken cancellation)
    {
        KafkaException? last = null;
        foreach (var id in Candidates(known))
        {
            try
            {
                return await _pool.OpenAsync(id, _pool.General, cancellation);
            }
            catch (KafkaException fault)
            {
                last = fault;
            }
        }

        throw NobodyAnswers(last);
    }

    private KafkaException NobodyAnswers(KafkaException? last) =>
        new(last?.Error == ErrorCode.UnsupportedVersion ? last.Error : ErrorCode.BrokerNotAvailable,
            $"No broker could be asked, neither the known ones nor {string.Join(", ", _bootstrapIds.Select(i => _pool.Find(i, _pool.General)?.Address))}", last);

    /// <summary>Open links first, and among the others those that need not wait for their back-off; otherwise by chance, so that clients spread.</summary>
    private IEnumerable<int> Candidates(ClusterMetadata known) =>
        known.Brokers.Keys.Select(id => (Id: id, Cost: CostOf(id), Chance: _world.Chance())).OrderBy(c => c.Cost).ThenBy(c => c.Chance).Select(c => c.Id)
            .Concat(_bootstrapIds.OrderBy(_ => _world.Chance()));

    private int CostOf(int id)
    {
        var link = _pool.Find(id, _pool.General);
        return link is null ? int.MaxValue : link.Open is not null ? -1 : link.BackoffMs;
    }
}

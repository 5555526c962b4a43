using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Connections;

/// <summary>The kinds of coordinators.</summary>
internal enum CoordinatorKind : sbyte
{
    Group = 0,
    Transaction = 1,
    Share = 2,
}

/// <summary>The brokers that coordinate groups and transactional ids, as last heard. Whoever is told otherwise forgets it and asks again.</summary>
/// <param name="pool">Connections; learns where a coordinator is that the metadata has not named yet.</param>
/// <param name="anyBroker">Some broker to ask, over the general lane.</param>
/// <param name="timeoutMs">Of one request.</param>
internal sealed class CoordinatorCache(ConnectionPool pool, Func<CancellationToken, ValueTask<Connection>> anyBroker, int timeoutMs)
{
    /// <summary>The first version that asks for several keys.</summary>
    private const short BatchedFrom = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<(CoordinatorKind Kind, string Key), int> _known = [];

    /// <summary>The coordinator's broker id, asked for when it is not known. One attempt: the caller retries what <see cref="KafkaException.IsRetriable"/> says.</summary>
    /// <exception cref="KafkaException">No broker tells.</exception>
    public async ValueTask<int> FindAsync(CoordinatorKind kind, string key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_known.TryGetValue((kind, key), out var known))
            {
                return known;
            }
        }

        var connection = await anyBroker(cancellation);
        var version = connection.Served.Choose<FindCoordinatorResponse>(lowest: kind == CoordinatorKind.Group ? (short)0 : (short)1);
        var request = new FindCoordinatorRequest { KeyType = (sbyte)kind };
        if (version >= BatchedFrom)
        {
            request.CoordinatorKeys = [key];
        }
        else
        {
            request.Key = key;
        }

        var response = await connection.CallAsync(request, version, timeoutMs, cancellation);
        return Remember(kind, key, version < BatchedFrom ? Single(response, key) : response.Coordinators.Find(c => c.Key == key));
    }

    /// <summary>The broker does not coordinate the key (any more), or cannot be reached.</summary>
    public void Forget(CoordinatorKind kind, string key)
    {
        lock (_gate)
        {
            _known.Remove((kind, key));
        }
    }

    private int Remember(CoordinatorKind kind, string key, FindCoordinatorResponse.Coordinator? found)
    {
        if (found is null || found.ErrorCode != ErrorCode.None)
        {
            throw new KafkaException(found?.ErrorCode ?? ErrorCode.CoordinatorNotAvailable, found?.ErrorMessage is { Length: > 0 } told ? told.TrimEnd('.') : $"There is no coordinator of {kind} '{key}'");
        }

        pool.SetAddresses([(found.NodeId, new ServerAddress(found.Host, found.Port))]);
        lock (_gate)
        {
            _known[(kind, key)] = found.NodeId;
        }

        return found.NodeId;
    }

    private static FindCoordinatorResponse.Coordinator Single(FindCoordinatorResponse response, string key) =>
        new() { Key = key, NodeId = response.NodeId, Host = response.Host, Port = response.Port, ErrorCode = response.ErrorCode, ErrorMessage = response.ErrorMessage };
}

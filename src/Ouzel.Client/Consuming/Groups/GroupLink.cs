using Ouzel.Client.Connections;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>The way to a group's coordinator: over one lane for what waits long (join, sync), over another for the rest.</summary>
internal sealed class GroupLink(OuzelClient client, string groupId, string? instanceId)
{
    private readonly Lane _joins = new($"join of group {groupId}");
    private readonly Lane _calls = new($"group {groupId}");

    public string GroupId => groupId;

    public string? InstanceId => instanceId;

    public ValueTask<Connection> OpenForJoinAsync(CancellationToken cancellation) => OpenAsync(_joins, cancellation);

    /// <exception cref="KafkaException">There is no coordinator, or it cannot be reached: it is looked for anew the next time.</exception>
    public ValueTask<Connection> OpenAsync(CancellationToken cancellation) => OpenAsync(_calls, cancellation);

    /// <summary>Forgets a coordinator that an error says is not there.</summary>
    public void OnError(ErrorCode error)
    {
        if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.NetworkException or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable)
        {
            client.Coordinators.Forget(CoordinatorKind.Group, groupId);
        }
    }

    public async ValueTask CloseAsync()
    {
        await client.Pool.CloseAsync(_joins);
        await client.Pool.CloseAsync(_calls);
    }

    private async ValueTask<Connection> OpenAsync(Lane lane, CancellationToken cancellation)
    {
        try
        {
            var broker = await client.Coordinators.FindAsync(CoordinatorKind.Group, groupId, cancellation);
            return await client.Pool.OpenAsync(broker, lane, cancellation);
        }
        catch (KafkaException fault)
        {
            OnError(fault.Error);
            throw;
        }
    }
}

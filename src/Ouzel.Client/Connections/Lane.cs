namespace Ouzel.Client.Connections;

/// <summary>
/// A purpose with connections of its own. A broker answers one connection's requests one after the other, so what waits long there (a fetch, a join) must
/// not stand before what is urgent (a heartbeat, a produce): each such purpose of each consumer and producer takes a lane.
/// </summary>
/// <param name="name">For logs.</param>
internal sealed class Lane(string name)
{
    public override string ToString() => name;
}

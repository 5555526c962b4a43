using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;

namespace Ouzel.Broker.Groups;

/// <summary>A request as the coordinator needs to know it beside its fields.</summary>
/// <param name="Version">The API version: old clients are told some things differently.</param>
/// <param name="ClientId">Begins the id of a dynamic member.</param>
/// <param name="ClientHost">As Java prints an address: "/127.0.0.1".</param>
/// <param name="Asker">Who asks, while the request is looked at; null for the node itself.</param>
internal readonly record struct GroupRequestContext(short Version, string ClientId, string ClientHost, RequestContext? Asker = null)
{
    /// <summary>True when the asker may read a topic, which whoever keeps positions in it must.</summary>
    public bool MayRead(string topic) => Asker?.May(AclOperation.Read, ResourceType.Topic, topic) ?? true;
}

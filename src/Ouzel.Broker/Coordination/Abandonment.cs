using Ouzel.Broker.Requests;

namespace Ouzel.Broker.Coordination;

/// <summary>A request whose answer may be long in coming: when its client goes, what waits is let go.</summary>
internal sealed class Abandonment(Action letGo) : IAbandonable
{
    public void Abandon(RequestContext context) => letGo();
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;

namespace Ouzel.Broker.Apis;

/// <summary>The circumstances of a request that the group APIs pass on.</summary>
internal static class GroupRequests
{
    public static GroupRequestContext ContextOf(RequestContext context) => new(context.ApiVersion, context.ClientId, HostOf(context.ClientAddress), context);

    /// <summary>An address as Java prints one without a name: tools show it so, and it is stored in the group's record.</summary>
    public static string HostOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return $"/{address}";
        }

        var bytes = address.GetAddressBytes();
        return "/" + string.Join(':', Enumerable.Range(0, 8).Select(i => ((bytes[2 * i] << 8) | bytes[(2 * i) + 1]).ToString("x", CultureInfo.InvariantCulture)));
    }
}

using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Security;

namespace Ouzel.Broker.Net;

/// <summary>Opens TCP listeners for the entries of the setting <c>listeners</c>.</summary>
internal static class Listening
{
    private const int PortAttempts = 20;

    /// <summary>One or more listeners with the same name and port: "localhost" means both loopback addresses, an empty host every interface.</summary>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public static IReadOnlyList<Listener> Open(ListenerOptions options, int backlog)
    {
        var addresses = AddressesOf(options.Host);
        for (var attempt = 1; ; attempt++)
        {
            List<Listener> opened = [];
            try
            {
                var port = options.Port;
                foreach (var address in addresses)
                {
                    var listener = SocketListener.Bind(options.Name, new IPEndPoint(address, port), backlog, SecurityProtocols.Of(options.Protocol));
                    opened.Add(listener);
                    port = ((IPEndPoint)listener.LocalEndPoint).Port;
                }

                return opened;
            }
            catch (SocketException) when (options.Port == 0 && attempt < PortAttempts && opened.Count > 0)
            {
                // The free port of one address is taken on the other: another one.
                Close(opened);
            }
            catch
            {
                Close(opened);
                throw;
            }
        }
    }

    private static IPAddress[] AddressesOf(string host)
    {
        if (host.Length == 0)
        {
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return HasLoopbackV6() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        }

        return IPAddress.TryParse(host, out var address) ? [address] : [Dns.GetHostAddresses(host)[0]];
    }

    private static bool HasLoopbackV6()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return false;
        }

        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Close(List<Listener> opened)
    {
        foreach (var listener in opened)
        {
            ((SocketListener)listener).Close();
        }
    }
}

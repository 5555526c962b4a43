using System.Net.Sockets;
using Ouzel.Broker.Configs;
using Ouzel.Storage;

namespace Ouzel.Hosting;

/// <summary>Says in one line why a broker does not run and what to do about it.</summary>
internal static class StartFailure
{
    public static string Explain(Exception failure, BrokerOptions options)
    {
        var listeners = string.Join(", ", options.Listeners.Select(l => l.Address));
        return failure switch
        {
            SettingException or LogDirectoryException => failure.Message,
            SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
                $"the address {listeners} is in use: stop the program that has it, or choose another port with --port N (0 takes any free one)",
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                $"this user may not open {listeners}: choose a port above 1023 with --port N",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.HostNotFound or SocketError.NoData } =>
                $"this machine has no address for {listeners}: set listeners to an address of its own, or to PLAINTEXT://:9092 for all of them",
            DiskException e => $"the data cannot be kept in {string.Join(", ", options.DataDirectories)} ({e.Message}): make it writable, choose another place with --data DIR, or use --memory",
            _ => $"{failure.Message.ReplaceLineEndings(" ")} ({failure.GetType().Name}; --set ouzel.log.level=debug shows where)",
        };
    }
}

using System.Net;
using System.Net.Sockets;

namespace Ouzel.Load.Machine;

/// <summary>The common part of the bare loops: where they listen and how they say so.</summary>
internal static class BareServer
{
    private const int Backlog = 4096;

    /// <summary>Listens on the loopback; port 0 takes any free one. Writes host:port once connections are taken.</summary>
    public static Socket Listen(int port, string? readyFile)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(Backlog);
        Console.WriteLine(listener.LocalEndPoint);
        if (readyFile is not null)
        {
            File.WriteAllText(readyFile + ".new", listener.LocalEndPoint!.ToString());
            File.Move(readyFile + ".new", readyFile, overwrite: true);
        }

        return listener;
    }

    /// <summary>A new file whose name is gone at once: its bytes go when it is closed, however the process ends.</summary>
    public static FileStream NewFile(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, $"bare-{Environment.ProcessId}-{Guid.NewGuid():n}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0);
        File.Delete(path);
        return file;
    }
}

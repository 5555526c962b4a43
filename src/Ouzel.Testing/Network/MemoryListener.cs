using System.Net;
using System.Threading.Channels;
using Ouzel.Broker.Net;

namespace Ouzel.Testing;

/// <summary>A listener that clients of this process reach by a method call.</summary>
internal sealed class MemoryListener(string name, IPEndPoint address) : Listener
{
    private readonly Channel<Transport> _arrived = Channel.CreateUnbounded<Transport>();
    private int _clients;

    public override string Name => name;

    public override EndPoint LocalEndPoint => address;

    /// <summary>The client's end of a new connection.</summary>
    /// <exception cref="IOException">The broker is down.</exception>
    public Stream Connect()
    {
        var toBroker = new MemoryPipe();
        var toClient = new MemoryPipe();
        var client = new IPEndPoint(IPAddress.Loopback, 1 + (Interlocked.Increment(ref _clients) % IPEndPoint.MaxPort));
        return _arrived.Writer.TryWrite(new MemoryTransport(toBroker, toClient, address, client))
            ? new MemoryConnection(toClient, toBroker)
            : throw new IOException($"nobody listens at {address}");
    }

    public override async ValueTask<Transport?> AcceptAsync() => await _arrived.Reader.WaitToReadAsync() && _arrived.Reader.TryRead(out var transport) ? transport : null;

    public override ValueTask DisposeAsync()
    {
        _arrived.Writer.TryComplete();
        while (_arrived.Reader.TryRead(out var transport))
        {
            transport.Close();
        }

        return ValueTask.CompletedTask;
    }
}

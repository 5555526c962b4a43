using System.Net;

namespace Ouzel.Broker.Net;

/// <summary>The byte pipe of one client: a TCP socket, or two queues in memory when a test owns the network.</summary>
/// <remarks>One reader and one sender at a time; reading and sending may overlap. A lost peer shows as end of stream or as an <see cref="IOException"/>.</remarks>
internal abstract class Transport : IDisposable
{
    public abstract EndPoint RemoteEndPoint { get; }

    /// <summary>The address the client came by: Metadata answers with it when nothing is advertised.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>Completes when there is something to receive or the stream ended. Costs no buffer while it waits.</summary>
    public abstract ValueTask WaitReadableAsync();

    /// <summary>Receives at least one byte; 0 means that the peer will send no more.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of <paramref name="bytes"/>.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends the connection; waits in progress end with an exception or end of stream. May be called from any thread, more than once.</summary>
    public abstract void Close();

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }
}

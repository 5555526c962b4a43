using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Ouzel.Storage;

namespace Ouzel.Broker.Net;

/// <summary>The state of a peer, as known without receiving from it.</summary>
internal enum Peer
{
    /// <summary>Nothing speaks against its being there.</summary>
    There,

    /// <summary>It sends no more; it may still be reading.</summary>
    SendsNoMore,

    /// <summary>Nobody receives what is sent to it.</summary>
    Gone,
}

/// <summary>The byte pipe of one client: a TCP socket, or two queues in memory when a test owns the network.</summary>
/// <remarks>
/// One reader and one sender at a time; reading and sending may overlap. A lost peer shows as end of stream, or as an exception of which
/// <see cref="IsLoss"/> is true: they pass untranslated, because catching them here would cost every receive a layer.
/// </remarks>
internal abstract class Transport : IDisposable
{
    protected const int ChunkBytes = 256 * 1024;

    public abstract EndPoint RemoteEndPoint { get; }

    /// <summary>The address the client came by: Metadata answers with it when nothing is advertised.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>The bytes that the peer took so far: whether a send makes progress. A count, not a measure.</summary>
    public abstract long SentBytes { get; }

    /// <summary>Something has arrived that was not received yet: then it is not the peer who is slow.</summary>
    public abstract bool HasArrived { get; }

    /// <summary>Tells of a peer that has left, also behind bytes that were not received yet. Asked now and then, by one job.</summary>
    public virtual Peer Peer => Peer.There;

    /// <summary>True when the exception says that the peer or this end has gone.</summary>
    public static bool IsLoss(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    /// <summary>Completes, with no bytes, when there is something to receive or the stream ended. Costs no buffer while it waits.</summary>
    public abstract ValueTask<int> WaitReadableAsync();

    /// <summary>Receives at least one byte; 0 means that the peer will send no more.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Leaves the thread that accepted it: a client's first requests are not served there.</summary>
    public virtual ValueTask BeginAsync() => default;

    /// <summary>Lets others have the thread. Asked by the reader, one at a time.</summary>
    public virtual async ValueTask YieldAsync() => await Task.Yield();

    /// <summary>Sends all of <paramref name="bytes"/>.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends all of <paramref name="bytes"/>, to which the caller adds at once: they may wait for that and leave together.</summary>
    public virtual ValueTask SendAheadAsync(ReadOnlyMemory<byte> bytes) => SendAsync(bytes);

    /// <summary>Sends a stretch of a log as it lies on the disk.</summary>
    /// <exception cref="IOException">Also when the file is shorter than it was: the length was promised to the peer.</exception>
    public virtual async ValueTask SendAsync(FileSlice slice)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(Math.Min(slice.Length, ChunkBytes));
        try
        {
            for (var sent = 0; sent < slice.Length;)
            {
                var read = slice.Read(sent, chunk);
                await SendAsync(chunk.AsMemory(0, read > 0 ? read : throw Truncated(slice)));
                sent += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Ends the connection; waits in progress end with an exception or end of stream. May be called from any thread, more than once.</summary>
    public abstract void Close();

    protected static IOException Truncated(FileSlice slice) => new($"{slice.File.Path} was truncated while it was sent");

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }
}

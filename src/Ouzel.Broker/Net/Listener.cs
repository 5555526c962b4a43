using System.Net;
using Ouzel.Broker.Security;

namespace Ouzel.Broker.Net;

/// <summary>A named place where clients arrive. The seam between the broker and the network.</summary>
internal abstract class Listener : IAsyncDisposable
{
    /// <summary>Kafka's listener name, upper case: PLAINTEXT, INTERNAL...</summary>
    public abstract string Name { get; }

    /// <summary>The way in which its clients speak.</summary>
    public virtual SecurityProtocol Protocol => SecurityProtocol.Plaintext;

    /// <summary>The address on which it really listens, with the port that was chosen when 0 was asked for.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>The next client, or null once the listener is closed. A client that fails while arriving is skipped.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">No client can be accepted now, whoever it is: there are no descriptors or no memory.</exception>
    public abstract ValueTask<Transport?> AcceptAsync();

    /// <summary>Stops accepting. Clients that are already connected stay.</summary>
    public abstract ValueTask DisposeAsync();
}

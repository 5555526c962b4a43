using Ouzel.Client.Connections;
using Ouzel.Client.Metadata;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>
/// The way to one cluster: owns connections and the picture of the cluster. Producers, consumers and the admin client are cheap children of it that end
/// with it. Safe for threads. One per cluster and process is enough.
/// </summary>
public sealed partial class OuzelClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<IAsyncDisposable> _children = [];
    private bool _isDisposed;

    private OuzelClient(OuzelClientOptions options)
    {
        Options = options;
        World = new ClientSurroundings(options.Clock, options.Random ?? SystemRandom(), options.Scheduler, options.Loggers);
        var link = new LinkOptions(options.Connect, options.ConnectTimeoutMs, new Backoff(options.ReconnectBackoffMs, options.ReconnectBackoffMaxMs));
        Pool = new ConnectionPool(link, options.ClientId, options.ResponseBytesMax, World);
        Source = new BrokerMetadataSource(Pool, ServerAddress.ParseList(options.BootstrapServers), options.RequestTimeoutMs, World);
        Metadata = new MetadataCache(Source, new MetadataOptions(options.MetadataMaxAgeMs, MetadataOptions.IdleMsDefault, options.Retry), World);
        Coordinators = new CoordinatorCache(Pool, AnyBrokerAsync, options.RequestTimeoutMs);
    }

    internal OuzelClientOptions Options { get; }

    internal ClientSurroundings World { get; }

    internal ConnectionPool Pool { get; }

    internal MetadataCache Metadata { get; }

    internal CoordinatorCache Coordinators { get; }

    private BrokerMetadataSource Source { get; }

    /// <summary>Connects to a cluster with default options.</summary>
    /// <param name="bootstrapServers">host:port, several separated by commas.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="KafkaException">No broker could be reached.</exception>
    public static Task<OuzelClient> ConnectAsync(string bootstrapServers, CancellationToken cancellation = default) =>
        ConnectAsync(new OuzelClientOptions { BootstrapServers = bootstrapServers }, cancellation);

    /// <summary>Connects to a cluster; ends when a broker has told of it.</summary>
    /// <exception cref="KafkaException">No broker could be reached within <see cref="OuzelClientOptions.ApiTimeoutMs"/>.</exception>
    /// <exception cref="ArgumentException">An option makes no sense, or asks for what this client does not do.</exception>
    public static async Task<OuzelClient> ConnectAsync(OuzelClientOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        var client = new OuzelClient(options);
        try
        {
            await client.Metadata.RefreshAsync().WaitAsync(TimeSpan.FromMilliseconds(options.ApiTimeoutMs), options.Clock, cancellation);
            return client;
        }
        catch (TimeoutException late)
        {
            await client.DisposeAsync();
            throw new KafkaException(ErrorCode.RequestTimedOut, $"No broker of {options.BootstrapServers} answered within {options.ApiTimeoutMs} ms", late);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a client without asking for a broker: whatever needs one looks for it then, as long as its own timeouts allow. For programs that start before their cluster.</summary>
    /// <exception cref="ArgumentException">An option makes no sense, or asks for what this client does not do.</exception>
    public static OuzelClient Create(OuzelClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new OuzelClient(options);
    }

    /// <summary>Ends producers (which send what they hold), consumers, and connections.</summary>
    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] children;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            children = [.. _children];
        }

        foreach (var child in children)
        {
            await child.DisposeAsync();
        }

        await Metadata.DisposeAsync();
        await Pool.DisposeAsync();
    }

    /// <summary>An open connection to some broker, for calls that any of them answers.</summary>
    /// <exception cref="KafkaException">None can be reached.</exception>
    internal ValueTask<Connection> AnyBrokerAsync(CancellationToken cancellation) => Source.OpenAnyAsync(Metadata.Current, cancellation);

    /// <summary>A producer or consumer that ends with the client, if it does not end before.</summary>
    internal T Adopt<T>(T child)
        where T : IAsyncDisposable
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _children.Add(child);
        }

        return child;
    }

    /// <summary>The child has ended by itself.</summary>
    internal void Release(IAsyncDisposable child)
    {
        lock (_gate)
        {
            _children.Remove(child);
        }
    }

#pragma warning disable RS0030 // The client's one source of chance begins here, unless its maker gave another; nothing secret comes from it.
    private static Random SystemRandom() => new();
#pragma warning restore RS0030
}

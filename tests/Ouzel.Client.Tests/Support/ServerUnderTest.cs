using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Configs;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Client.Tests.Support;

/// <summary>A broker of this process on a disk in memory and a port of its own, with the faults that its clients' streams are told to have.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly Broker.Broker _broker;

    private ServerUnderTest(Broker.Broker broker)
    {
        _broker = broker;
        Address = $"127.0.0.1:{broker.Listeners[0].Port}";
    }

    public string Address { get; }

    public static async Task<ServerUnderTest> StartAsync(params (string Name, string Value)[] settings)
    {
        var options = BrokerOptions.Of([("log.dirs", "/data"), ("listeners", "PLAINTEXT://127.0.0.1:0"), .. settings]);
        return new ServerUnderTest(await Broker.Broker.StartAsync(options, TimeProvider.System, new MemoryDisk(TimeProvider.System), new Random(1), NullLoggerFactory.Instance));
    }

    /// <summary>A client of this broker.</summary>
    public Task<OuzelClient> ConnectAsync(ConnectStream? connect = null) =>
        OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = Address, Connect = connect ?? TcpStream.ConnectAsync, RetryBackoffMs = 10 });

    public async ValueTask DisposeAsync() => await _broker.DisposeAsync();
}

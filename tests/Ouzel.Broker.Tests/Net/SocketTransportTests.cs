using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Net;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Net;

public sealed class SocketTransportTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"ouzel-{Guid.NewGuid():N}");
    private readonly RealDisk _disk = new();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(9_000_000)]
    public async Task A_slice_of_a_file_arrives_whole_also_at_a_slow_reader(int length)
    {
        var content = new byte[length + 200];
        new Random(3).NextBytes(content);
        var file = Write(content);
        var (client, server) = await ConnectAsync();
        using var reader = client;
        using var slice = new FileSlice(file, 100, length);
        var sending = server.SendAsync(slice).AsTask();
        var received = new byte[length];
        for (var filled = 0; filled < length;)
        {
            var count = await client.ReceiveAsync(received.AsMemory(filled, Math.Min(30_000, length - filled)), TestContext.Current.CancellationToken);
            Assert.True(count > 0);
            filled += count;
        }

        await sending;
        Assert.True(received.AsSpan().SequenceEqual(content.AsSpan(100, length)));
        server.Dispose();
    }

    [Fact]
    public async Task Of_what_a_client_does_not_read_the_system_takes_little()
    {
        const int Length = 9_000_000;
        var file = Write(new byte[Length]);
        var (client, server) = await ConnectAsync();
        using var slice = new FileSlice(file, 0, Length);
        var sending = server.SendAsync(slice).AsTask();

        // Its receive buffer and 256 KiB; the system by itself would take 2.5 MB.
        Assert.InRange(server.SentBytes, 1, 1_000_000);
        client.Dispose();
        server.Close();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task A_file_that_became_shorter_is_an_error()
    {
        var file = Write(new byte[100_000]);
        var (client, server) = await ConnectAsync();
        using var reader = client;
        using var slice = new FileSlice(file, 0, 100_000);
        file.SetLength(50_000);
        await Assert.ThrowsAsync<IOException>(async () => await server.SendAsync(slice));
        server.Dispose();
    }

    [Fact]
    public async Task A_closed_connection_is_an_error()
    {
        var file = Write(new byte[100_000]);
        var (client, server) = await ConnectAsync();
        client.Dispose();
        using var slice = new FileSlice(file, 0, 100_000);
        server.Close();
        await Assert.ThrowsAsync<IOException>(async () => await server.SendAsync(slice));
    }

    private DiskFile Write(byte[] content)
    {
        var file = _disk.OpenFile(_path, DiskOpen.Truncate);
        file.Write(0, content);
        return file;
    }

    private static async Task<(Socket Client, Transport Server)> ConnectAsync()
    {
        await using var listener = SocketListener.Bind("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), 10);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var connecting = client.ConnectAsync(listener.LocalEndPoint);
        var server = await listener.AcceptAsync();
        await connecting;

        // The first wait makes the socket one that does not block, as in a connection's life.
        await client.SendAsync(new byte[1]);
        await server!.WaitReadableAsync();
        return (client, server);
    }
}

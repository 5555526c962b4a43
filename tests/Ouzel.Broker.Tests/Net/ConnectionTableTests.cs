using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Net;

public sealed class ConnectionTableTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly SaidLines _said = new();
    private readonly MemoryListener _listener = new();

    [Fact]
    public async Task Without_descriptors_the_next_accept_waits_on_the_clock_and_the_shortage_is_told_once()
    {
        var failing = new FailingListener(_listener) { Fault = new SocketException((int)SocketError.TooManyOpenSockets) };
        var table = Serve(failing, new NetworkLimits());
        for (var i = 0; i < 100; i++)
        {
            _clock.AdvanceMs(100);
        }

        Assert.InRange(failing.Accepts, 50, 101);
        Assert.Equal(1, _said.Count("No descriptor is left"));

        failing.Fault = null;
        _clock.AdvanceMs(100);
        using var client = new WireClient(_listener.Connect());
        Assert.NotNull(await client.CallAsync(new MetadataRequest(), 9));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public async Task Accepting_goes_on_after_any_fault_which_is_told_once()
    {
        var failing = new FailingListener(_listener) { Fault = new InvalidOperationException("a defect") };
        Serve(failing, new NetworkLimits());
        _clock.AdvanceMs(5000);
        failing.Fault = null;
        _clock.AdvanceMs(100);
        using var client = new WireClient(_listener.Connect());
        Assert.NotNull(await client.CallAsync(new MetadataRequest(), 9));
        Assert.Equal(1, _said.Count("accepting connections failed"));
    }

    [Fact]
    public async Task A_client_that_cannot_be_taken_in_for_a_fault_is_not_left_with_an_open_connection()
    {
        var isBroken = true;
        var apis = new ServedApis([new ApiEntry<MetadataRequest, MetadataResponse>(new EmptyApi(), ApiOrder.Serial, 0, 13, 0)]);
        var table = new ConnectionTable(apis, new NetworkLimits(), () => isBroken ? throw new InvalidOperationException("a defect") : new NetworkLimits(), _clock, _said);
        _ = table.AcceptAsync(_listener);
        using var refused = new WireClient(_listener.Connect());
        Assert.NotEqual(Peer.There, refused.Transport.Peer);
        isBroken = false;
        _clock.AdvanceMs(100);
        using var client = new WireClient(_listener.Connect());
        Assert.NotNull(await client.CallAsync(new MetadataRequest(), 9));
        Assert.Equal(1, table.Count);
    }

    [Theory]
    [InlineData(220, 78)]
    [InlineData(1024, 384)]
    [InlineData(1 << 20, 523_264)]
    [InlineData(40, 1)]
    public void Connections_are_bounded_by_the_descriptors_that_the_logs_leave(long descriptors, int connections)
    {
        var budget = new MemoryBudget(new NetworkLimits { DescriptorsMax = descriptors }, _clock, _said);
        Assert.Equal(connections, budget.ConnectionsMax);
    }

    [Fact]
    public void Beyond_the_descriptors_new_clients_wait_until_somebody_leaves_and_the_limit_is_named()
    {
        var table = Serve(_listener, new NetworkLimits { DescriptorsMax = 220 });
        List<WireClient> clients = [.. Enumerable.Range(0, 100).Select(_ => new WireClient(_listener.Connect()))];
        Assert.Equal(78, table.Count);
        Assert.Equal(1, _said.Count("limit of open files (220)"));
        clients[0].Dispose();
        Assert.Equal(78, table.Count);
        clients.ForEach(client => client.Dispose());
        Assert.Equal(0, table.Count);
    }

    private ConnectionTable Serve(Listener listener, NetworkLimits limits)
    {
        var apis = new ServedApis([new ApiEntry<MetadataRequest, MetadataResponse>(new EmptyApi(), ApiOrder.Serial, 0, 13, 0)]);
        var table = new ConnectionTable(apis, limits, () => limits, _clock, _said);
        _ = table.AcceptAsync(listener);
        return table;
    }

    private sealed class EmptyApi : IApi<MetadataRequest, MetadataResponse>
    {
        public ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context) => new(new MetadataResponse());
    }

    private sealed class FailingListener(Listener inner) : Listener
    {
        public Exception? Fault { get; set; }

        public int Accepts { get; private set; }

        public override string Name => inner.Name;

        public override EndPoint LocalEndPoint => inner.LocalEndPoint;

        public override ValueTask<Transport?> AcceptAsync()
        {
            Accepts++;
            return Fault is null ? inner.AcceptAsync() : ValueTask.FromException<Transport?>(Fault);
        }

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Support;

/// <summary>One handler behind a real connection, for APIs that need nothing else of a node.</summary>
internal sealed class ServedApi<TRequest, TResponse> : IDisposable
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    private readonly WireClient _client;

    public ServedApi(IApi<TRequest, TResponse> api, short lowest, short highest)
    {
        var listener = new MemoryListener();
        var apis = new ServedApis([new ApiEntry<TRequest, TResponse>(api, ApiOrder.Serial, lowest, highest, lowest)]);
        _ = new ConnectionTable(apis, new NetworkLimits(), () => new NetworkLimits(), FakeTime.New(), NullLogger.Instance).AcceptAsync(listener);
        _client = new WireClient(listener.Connect());
    }

    public Task<TResponse> CallAsync(TRequest request, short version) => _client.CallAsync(request, version);

    public void Dispose() => _client.Dispose();
}

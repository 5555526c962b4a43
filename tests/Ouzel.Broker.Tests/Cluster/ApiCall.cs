using System.Net;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>Calls a handler as a connection does: request and answer go through the wire's encoding in the version under test.</summary>
internal static class ApiCall
{
    public static async Task<TResponse> AskAsync<TRequest, TResponse>(
        this IApi<TRequest, TResponse> api, TRequest request, int version, string listener = "PLAINTEXT", IPEndPoint? cameBy = null)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
    {
        using var writer = new WireWriter();
        request.Write(writer, (short)version);
        var received = new TRequest();
        var reader = new WireReader(writer.WrittenSpan.ToArray());
        received.Read(ref reader, (short)version);
        var context = new RequestContext
        {
            ApiKey = TRequest.ApiKey,
            ApiVersion = (short)version,
            ClientId = "test",
            Origin = new ClientOrigin
            {
                ConnectionId = 1,
                ListenerName = listener,
                ClientAddress = IPAddress.Loopback,
                LocalEndPoint = cameBy ?? new IPEndPoint(IPAddress.Loopback, 9092),
            },
        };
        var response = await api.HandleAsync(received, context);
        writer.Reset();
        response.Write(writer, (short)version);
        var answer = new TResponse();
        reader = new WireReader(writer.WrittenSpan.ToArray());
        answer.Read(ref reader, (short)version);
        return answer;
    }
}

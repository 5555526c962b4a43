using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Support;

/// <summary>Shows that a response is taken from the memory for requests before it is made.</summary>
internal static class UnreadResponse
{
    private const int ClientsOfMany = 20;

    /// <summary>Fails unless the response waits while there is less memory than its encoding takes, and unless many whose clients do not read stay within the limit.</summary>
    public static async Task IsChargedAsync<TResponse>(TestNode node, IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var lane = node.Node.Memory.Requests;
        using var client = node.Connect();
        await client.SendAsync(request, version);
        var length = (await Soon(client.ReceiveFrameAsync()))!.Length;
        Assert.True(length > 8 * 1024, $"{length} bytes are not worth a charge");
        Assert.Equal(0, lane.Taken);

        var rest = lane.BytesMax - length + 1;
        Assert.True(lane.TryTake(rest));
        await client.SendAsync(request, version);
        await WaitsAsync();
        List<WireClient> many = [.. Enumerable.Range(0, ClientsOfMany).Select(_ => node.Connect())];
        foreach (var one in many)
        {
            await one.SendAsync(request, version);
        }

        lane.Give(rest);
        foreach (var one in many.Append(client))
        {
            Assert.Equal(length, (await Soon(one.ReceiveFrameAsync()))!.Length);
        }

        Assert.True(lane.Peak <= lane.BytesMax);

        async Task WaitsAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (lane.Waiting == 0)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}

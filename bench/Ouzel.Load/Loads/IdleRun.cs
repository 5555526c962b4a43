using Ouzel.Load.Machine;
using Ouzel.Protocol.Messages;

namespace Ouzel.Load;

/// <summary>The cost of connections that do nothing.</summary>
/// <param name="Connections">Opened.</param>
/// <param name="HasSpoken">Whether each asked for ApiVersions and Metadata first.</param>
/// <param name="ResidentBefore">Bytes of the broker before.</param>
/// <param name="ResidentAfter">Bytes of the broker with all of them open.</param>
internal sealed record IdleReport(int Connections, bool HasSpoken, long ResidentBefore, long ResidentAfter)
{
    public double KibibytesEach => Math.Round((ResidentAfter - ResidentBefore) / 1024.0 / Connections, 2);

    public string ToText() =>
        $"idle: {Connections:N0} connections{(HasSpoken ? " after ApiVersions and Metadata each" : "")}: broker's resident memory {ResidentBefore / 1e6:N1} MB before, {ResidentAfter / 1e6:N1} MB with them, {KibibytesEach:N2} KiB each";
}

/// <summary>Opens many connections and leaves them open.</summary>
internal static class IdleRun
{
    private const int WarmConnections = 100, SpareDescriptors = 100, SettleMs = 3000;
    private const short ApiVersionsVersion = 2, MetadataVersion = 9;

    public static async Task<IdleReport> RunAsync(LoadOptions options, bool speaks)
    {
        if (options.BrokerPid == 0)
        {
            throw new LoadException("idle reads the broker's memory: name it with --broker-pid");
        }

        var descriptors = Native.RaiseDescriptorLimit();
        if (options.Connections + WarmConnections + SpareDescriptors > descriptors)
        {
            throw new LoadException($"{options.Connections} connections need more than the {descriptors} descriptors this user may have: raise 'ulimit -Hn', for the broker too");
        }

        var (host, port) = options.HostAndPort;
        var connections = new List<LoadConnection>();
        try
        {
            // What the first ones make the broker load and compile is not their cost.
            await OpenAsync(WarmConnections);
            await Task.Delay(SettleMs);
            var before = ProcessFacts.ResidentBytes(options.BrokerPid);
            await OpenAsync(options.Connections);
            await Task.Delay(SettleMs);
            return new IdleReport(options.Connections, speaks, before, ProcessFacts.ResidentBytes(options.BrokerPid));
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }

        async Task OpenAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var connection = await LoadConnection.OpenAsync(host, port);
                connections.Add(connection);
                if (speaks)
                {
                    await connection.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), ApiVersionsVersion);
                    await connection.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, MetadataVersion);
                }
            }
        }
    }
}

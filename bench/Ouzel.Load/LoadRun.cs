using System.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Load;

/// <summary>Finds or makes the topic, opens the connections, drives them, adds up.</summary>
internal static class LoadRun
{
    private const short MetadataVersion = 9, CreateTopicsVersion = 5;
    private const int TopicTriesMax = 100;

    public static async Task<LoadReport> RunAsync(LoadOptions options, ILoad load, CancellationToken stop)
    {
        List<LoadTarget> targets = await TargetsAsync(options);
        var meters = new List<LoadMeter>();
        var connections = new List<LoadConnection>();
        var total = new LoadTotal(options.BytesMax, TimeSpan.FromSeconds(options.Seconds), stop);
        try
        {
            for (int i = 0; i < options.Connections; i++)
            {
                LoadTarget target = targets[i % targets.Count];
                connections.Add(await LoadConnection.OpenAsync(target.Host, target.Port));
                meters.Add(new LoadMeter(total));
            }

            double cpuBefore = ProcessCpu.Seconds(options.BrokerPid);
            long began = Stopwatch.GetTimestamp();
            total.Begin();
            await Task.WhenAll(connections.Select((c, i) => Task.Run(() => load.DriveAsync(c, targets[i % targets.Count], meters[i]), CancellationToken.None)));
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            return LoadReport.Of(load.Name, options, meters, took, ProcessCpu.Seconds(options.BrokerPid) - cpuBefore);
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }
    }

    private static async Task<List<LoadTarget>> TargetsAsync(LoadOptions options)
    {
        int colon = options.Address.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(options.Address[(colon + 1)..], out int port))
        {
            throw new LoadException($"{options.Address} is not host:port");
        }

        using LoadConnection connection = await LoadConnection.OpenAsync(options.Address[..colon], port);
        var create = new CreateTopicsRequest
        {
            timeoutMs = 30000,
            Topics = [new CreateTopicsRequest.CreatableTopic { Name = options.Topic, NumPartitions = options.Partitions, ReplicationFactor = 1 }],
        };
        CreateTopicsResponse created = await connection.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(create, CreateTopicsVersion);
        if (created.Topics[0].ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            throw new LoadException($"Topic {options.Topic} was refused: {created.Topics[0].ErrorCode} {created.Topics[0].ErrorMessage}");
        }

        var ask = new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = options.Topic }], AllowAutoTopicCreation = false };
        for (int tries = 0; tries < TopicTriesMax; tries++)
        {
            MetadataResponse metadata = await connection.AskAsync<MetadataRequest, MetadataResponse>(ask, MetadataVersion);
            MetadataResponse.MetadataResponseTopic topic = metadata.Topics[0];
            Dictionary<int, MetadataResponse.MetadataResponseBroker> brokers = metadata.Brokers.ToDictionary(b => b.NodeId);
            if (topic.ErrorCode == ErrorCode.None && topic.Partitions.Count > 0 && topic.Partitions.All(p => brokers.ContainsKey(p.LeaderId)))
            {
                return [.. topic.Partitions.OrderBy(p => p.PartitionIndex).Select(p => new LoadTarget(options.Topic, p.PartitionIndex, brokers[p.LeaderId].Host, brokers[p.LeaderId].Port))];
            }

            await Task.Delay(100);
        }

        throw new LoadException($"Topic {options.Topic} got no leaders");
    }
}

using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Load;

/// <summary>Makes topics, finds their leaders, removes them.</summary>
internal static class Topics
{
    private const short MetadataVersion = 9, CreateVersion = 5, DeleteVersion = 4;
    private const int TriesMax = 1000, TimeoutMs = 30000, RetryMs = 5;

    /// <summary>The partitions of the topic of the options, made unless it exists.</summary>
    public static async Task<List<LoadTarget>> TargetsAsync(LoadOptions options)
    {
        var (host, port) = options.HostAndPort;
        if (options.IsBare)
        {
            return [.. Enumerable.Range(0, options.Partitions).Select(p => new LoadTarget(options.Topic, p, host, port))];
        }

        using var connection = await LoadConnection.OpenAsync(host, port);
        var create = new CreateTopicsRequest
        {
            timeoutMs = TimeoutMs,
            Topics = [new CreateTopicsRequest.CreatableTopic { Name = options.Topic, NumPartitions = options.Partitions, ReplicationFactor = 1 }],
        };
        var created = await connection.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(create, CreateVersion);
        if (created.Topics[0].ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            throw new LoadException($"Topic {options.Topic} was refused: {created.Topics[0].ErrorCode} {created.Topics[0].ErrorMessage}");
        }

        var ask = new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = options.Topic }], AllowAutoTopicCreation = false };
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var metadata = await connection.AskAsync<MetadataRequest, MetadataResponse>(ask, MetadataVersion);
            var topic = metadata.Topics[0];
            var brokers = metadata.Brokers.ToDictionary(b => b.NodeId);
            if (topic.ErrorCode == ErrorCode.None && topic.Partitions.Count > 0 && topic.Partitions.All(p => brokers.ContainsKey(p.LeaderId)))
            {
                return [.. topic.Partitions.OrderBy(p => p.PartitionIndex).Select(p => new LoadTarget(options.Topic, p.PartitionIndex, brokers[p.LeaderId].Host, brokers[p.LeaderId].Port))];
            }

            await Task.Delay(RetryMs);
        }

        throw new LoadException($"Topic {options.Topic} got no leaders");
    }

    public static async Task DeleteAsync(LoadOptions options)
    {
        var (host, port) = options.HostAndPort;
        using var connection = await LoadConnection.OpenAsync(host, port);
        var deleted = await connection.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(
            new DeleteTopicsRequest { TimeoutMs = TimeoutMs, TopicNames = [options.Topic] }, DeleteVersion);
        if (deleted.Responses[0].ErrorCode is not (ErrorCode.None or ErrorCode.UnknownTopicOrPartition))
        {
            throw new LoadException($"Topic {options.Topic} was not deleted: {deleted.Responses[0].ErrorCode}");
        }
    }
}

using Ouzel.Client.Admin;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client;

/// <summary>A topic to be made.</summary>
/// <param name="Name">Up to 249 letters, digits, dots, underscores and hyphens.</param>
/// <param name="Partitions">-1 for the cluster's default.</param>
/// <param name="ReplicationFactor">-1 for the cluster's default.</param>
public sealed record NewTopic(string Name, int Partitions = -1, short ReplicationFactor = -1)
{
    /// <summary>Settings that differ from the cluster's, under Kafka's names.</summary>
    public IReadOnlyDictionary<string, string?> Configs { get; init; } = new Dictionary<string, string?>();

    /// <summary>The brokers of each partition; then <see cref="Partitions"/> and <see cref="ReplicationFactor"/> stay -1.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }
}

/// <summary>A topic that was made, or would be.</summary>
/// <param name="Id">Zero from brokers before 2.8, and when only validated.</param>
/// <param name="Partitions">-1 from brokers before 2.4.</param>
/// <param name="ReplicationFactor">-1 from brokers before 2.4.</param>
public sealed record CreatedTopic(Uuid Id, int Partitions, short ReplicationFactor);

/// <summary>A topic's partitions.</summary>
/// <param name="Name">Name.</param>
/// <param name="Id">Zero from brokers before 2.8.</param>
/// <param name="IsInternal">Whether it is the cluster's own.</param>
/// <param name="Partitions">By number.</param>
public sealed record TopicDescription(string Name, Uuid Id, bool IsInternal, IReadOnlyList<PartitionDescription> Partitions);

/// <summary>A partition's replicas.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Leader">Broker id, -1 for none.</param>
/// <param name="LeaderEpoch">-1 from brokers before 2.1.</param>
/// <param name="Replicas">Broker ids; the first is the preferred leader.</param>
/// <param name="InSyncReplicas">Broker ids.</param>
/// <param name="OfflineReplicas">Broker ids.</param>
public sealed record PartitionDescription(
    int Partition, int Leader, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas, IReadOnlyList<int> OfflineReplicas);

/// <summary>Topics and their number of partitions.</summary>
public sealed class TopicAdmin
{
    /// <summary>The first version in which names stand beside ids (KIP-516).</summary>
    private const short StatesFrom = 6;

    private readonly AdminCalls _calls;

    internal TopicAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>Makes topics.</summary>
    /// <param name="topics">What to make.</param>
    /// <param name="validateOnly">Only says what would happen.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">No controller could be asked.</exception>
    public async Task<IReadOnlyDictionary<string, ItemResult<CreatedTopic>>> CreateAsync(IEnumerable<NewTopic> topics, bool validateOnly = false, CancellationToken cancellation = default)
    {
        var request = new CreateTopicsRequest { Topics = [.. topics.Select(Wire)], timeoutMs = _calls.TimeoutMs, validateOnly = validateOnly };
        var response = await _calls.ControllerAsync(_ => request, Routing, cancellation);
        return response.Topics.ToDictionary(t => t.Name, t => Result(t.ErrorCode, t.ErrorMessage, new CreatedTopic(t.TopicId, t.NumPartitions, t.ReplicationFactor)));

        static ErrorCode Routing(CreateTopicsResponse response) => response.Topics.Exists(t => t.ErrorCode == ErrorCode.NotController) ? ErrorCode.NotController : ErrorCode.None;
    }

    /// <summary>Makes one topic.</summary>
    /// <exception cref="KafkaException">It was not made.</exception>
    public async Task<CreatedTopic> CreateAsync(NewTopic topic, CancellationToken cancellation = default) =>
        (await CreateAsync([topic], validateOnly: false, cancellation))[topic.Name].ValueOrThrow();

    /// <summary>Deletes topics with their records.</summary>
    /// <exception cref="KafkaException">No controller could be asked.</exception>
    public async Task<IReadOnlyDictionary<string, ItemResult>> DeleteAsync(IEnumerable<string> names, CancellationToken cancellation = default)
    {
        List<string> all = [.. names];
        var response = await _calls.ControllerAsync(
            version => new DeleteTopicsRequest
            {
                TopicNames = version < StatesFrom ? all : [],
                Topics = version < StatesFrom ? [] : [.. all.Select(n => new DeleteTopicsRequest.DeleteTopicState { Name = n })],
                TimeoutMs = _calls.TimeoutMs,
            },
            Routing, cancellation);
        return response.Responses.ToDictionary(t => t.Name ?? "", t => new ItemResult(t.ErrorCode, t.ErrorMessage));

        static ErrorCode Routing(DeleteTopicsResponse response) => response.Responses.Exists(t => t.ErrorCode == ErrorCode.NotController) ? ErrorCode.NotController : ErrorCode.None;
    }

    /// <summary>Adds partitions. Keys then go to other partitions than before.</summary>
    /// <param name="totals">The number of partitions each topic shall have, by topic.</param>
    /// <param name="validateOnly">Only says what would happen.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">No controller could be asked.</exception>
    public async Task<IReadOnlyDictionary<string, ItemResult>> CreatePartitionsAsync(IReadOnlyDictionary<string, int> totals, bool validateOnly = false, CancellationToken cancellation = default)
    {
        var request = new CreatePartitionsRequest
        {
            Topics = [.. totals.Select(t => new CreatePartitionsRequest.CreatePartitionsTopic { Name = t.Key, Count = t.Value, Assignments = null })],
            TimeoutMs = _calls.TimeoutMs,
            ValidateOnly = validateOnly,
        };
        var response = await _calls.ControllerAsync(_ => request, Routing, cancellation);
        return response.Results.ToDictionary(t => t.Name, t => new ItemResult(t.ErrorCode, t.ErrorMessage));

        static ErrorCode Routing(CreatePartitionsResponse response) => response.Results.Exists(t => t.ErrorCode == ErrorCode.NotController) ? ErrorCode.NotController : ErrorCode.None;
    }

    /// <summary>All topics, by name.</summary>
    /// <param name="includeInternal">Also the cluster's own.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<IReadOnlyList<TopicDescription>> ListAsync(bool includeInternal = false, CancellationToken cancellation = default)
    {
        var response = await AskAsync(null, cancellation);
        return [.. response.Topics.Where(t => t.Name is not null && (includeInternal || !t.IsInternal)).Select(Describe).OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>Some topics. None is made by asking for it.</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<IReadOnlyDictionary<string, ItemResult<TopicDescription>>> DescribeAsync(IEnumerable<string> names, CancellationToken cancellation = default)
    {
        var response = await AskAsync([.. names.Select(n => new MetadataRequest.MetadataRequestTopic { Name = n })], cancellation);
        return response.Topics.Where(t => t.Name is not null).ToDictionary(t => t.Name!, t => Result(t.ErrorCode, null, Describe(t)));
    }

    /// <summary>One topic.</summary>
    /// <exception cref="KafkaException">It is not there, or no broker could be asked.</exception>
    public async Task<TopicDescription> DescribeAsync(string name, CancellationToken cancellation = default) =>
        (await DescribeAsync([name], cancellation))[name].ValueOrThrow();

    internal static ItemResult<T> Result<T>(ErrorCode error, string? message, T value) => new(error, message, error == ErrorCode.None ? value : default);

    private Task<MetadataResponse> AskAsync(List<MetadataRequest.MetadataRequestTopic>? topics, CancellationToken cancellation) =>
        _calls.AnyAsync(_ => new MetadataRequest { Topics = topics, AllowAutoTopicCreation = false }, static response => response.ErrorCode, cancellation);

    private static TopicDescription Describe(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name!, topic.TopicId, topic.IsInternal,
        [.. topic.Partitions.OrderBy(p => p.PartitionIndex).Select(p => new PartitionDescription(p.PartitionIndex, p.LeaderId, p.LeaderEpoch, p.ReplicaNodes, p.IsrNodes, p.OfflineReplicas))]);

    private static CreateTopicsRequest.CreatableTopic Wire(NewTopic topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = topic.ReplicationFactor,
        Configs = [.. topic.Configs.Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Key, Value = c.Value })],
        Assignments = [.. (topic.Assignments ?? []).Select((brokers, i) => new CreateTopicsRequest.CreatableReplicaAssignment { PartitionIndex = i, BrokerIds = [.. brokers] })],
    };
}

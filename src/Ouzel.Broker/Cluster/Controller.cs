using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>The controller's decision: the records to append, and the response that is true once they are committed.</summary>
internal sealed record Decision<T>(T Response, IReadOnlyList<ClusterRecord> Records)
{
    public static Decision<T> Refusal(T response) => new(response, []);
}

/// <summary>Broker settings that the controller follows.</summary>
internal sealed record ControllerOptions
{
    /// <summary>num.partitions.</summary>
    public int PartitionsDefault { get; init; } = 1;
    /// <summary>default.replication.factor.</summary>
    public short ReplicationFactorDefault { get; init; } = 1;
    /// <summary>delete.topic.enable.</summary>
    public bool DeleteTopics { get; init; } = true;
}

/// <summary>The questions that the controller asks the settings' tables.</summary>
internal interface ITopicSettings
{
    /// <summary>Tells why these settings cannot be a topic's, or null. The last of two equal names counts.</summary>
    (ErrorCode Code, string Message)? Check(IReadOnlyList<KeyValuePair<string, string?>> configs, ClusterImage image);

    /// <summary>All settings of a topic that has <paramref name="configs"/>, as CreateTopics tells them.</summary>
    List<CreateTopicsResponse.CreatableTopicConfigs> Describe(IReadOnlyDictionary<string, string> configs, ClusterImage image);

    /// <summary>min.insync.replicas in effect for a topic.</summary>
    int IsrMin(string topic, ClusterImage image);

    /// <summary>unclean.leader.election.enable in effect for a topic.</summary>
    bool UncleanElection(string topic, ClusterImage image);
}

/// <summary>
/// The active controller as one state machine: a request and the image it is judged by become records and a response.
/// It keeps nothing between calls but the seeded source that topic ids and placements come from; whoever calls it appends, applies and answers
/// (<see cref="ActiveController"/>). One call at a time.
/// </summary>
internal sealed partial class Controller(ControllerOptions options, ITopicSettings settings, Random random)
{
    /// <summary>Same as Kafka: one request makes at most this many partitions, so that its records fit one atomic change.</summary>
    public const int PartitionsPerRequestMax = 10_000;

    private readonly ControllerOptions _options = options;
    private readonly ITopicSettings _settings = settings;
    private readonly Random _random = random;

    private LeaderElection ElectionFor(string topic, ClusterImage image) =>
        new(image.MayLead, _settings.IsrMin(topic, image), image.HasEligibleLeaders, _settings.UncleanElection(topic, image));

    /// <summary>Topics by name: the order in which changes of many partitions are written.</summary>
    private static IEnumerable<TopicImage> InOrder(ClusterImage image) => image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal);

    /// <summary>The error of a broker that says something in an epoch which is not its own, or none.</summary>
    private static ErrorCode CheckBrokerEpoch(ClusterImage image, int brokerId, long brokerEpoch)
    {
        if (!image.Brokers.TryGetValue(brokerId, out var broker))
        {
            return ErrorCode.StaleBrokerEpoch;
        }

        return broker.Epoch == brokerEpoch ? ErrorCode.None : ErrorCode.StaleBrokerEpoch;
    }
}

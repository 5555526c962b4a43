using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>A controller and the image it works on; what it decides is applied at once.</summary>
internal sealed class ControllerBed
{
    public const string ClusterId = "AAAAAAAAQACAAAAAAAAAAQ";

    public ControllerBed(params int[] brokerIds)
    {
        Controller = new Controller(new ControllerOptions(), Settings, new Random(1));
        foreach (var record in Bootstrap.FeatureLevels)
        {
            Apply(record);
        }

        foreach (var id in brokerIds)
        {
            Join(id);
        }
    }

    public Controller Controller { get; }

    public FakeTopicSettings Settings { get; } = new();

    public ClusterImage Image { get; private set; } = new() { ClusterId = ClusterId };

    public List<ClusterRecord> LastRecords { get; private set; } = [];

    public static ControllerBed WithTopic(string name, int partitions = 1, int replicas = 1, params int[] brokerIds)
    {
        var bed = new ControllerBed(brokerIds.Length == 0 ? [1] : brokerIds);
        Assert.Equal(ErrorCode.None, bed.Create(Topic(name, partitions, replicas)).Single().ErrorCode);
        return bed;
    }

    public void Apply(ClusterRecord record) => Image = Image.Apply(record, Image.Offset + 1, 1, 0);

    public T Take<T>(Decision<T> decision)
    {
        LastRecords = [.. decision.Records];
        foreach (var record in decision.Records)
        {
            Apply(record);
        }

        return decision.Response;
    }

    public long Register(int id, long previousEpoch = -1, Uuid? incarnation = null)
    {
        var answer = Take(Controller.RegisterBroker(Image, Registration(id, previousEpoch, incarnation), Image.Offset + 1));
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return answer.BrokerEpoch;
    }

    public static BrokerRegistrationRequest Registration(int id, long previousEpoch = -1, Uuid? incarnation = null) => new()
    {
        BrokerId = id,
        ClusterId = ClusterId,
        IncarnationId = incarnation ?? new Uuid(7, id),
        PreviousBrokerEpoch = previousEpoch,
        LogDirs = [new Uuid(9, id)],
        Listeners = [new() { Name = "PLAINTEXT", Host = "localhost", Port = (ushort)(9092 + id) }],
        Features = [.. FeatureNames.Supported.Select(f => new BrokerRegistrationRequest.Feature
        {
            Name = f.Name, MinSupportedVersion = f.LevelMin, MaxSupportedVersion = f.LevelMax,
        })],
    };

    public BrokerHeartbeatResponse Heartbeat(int id, bool wantFence = false, bool wantShutDown = false) => Take(Controller.Heartbeat(Image, new()
    {
        BrokerId = id,
        BrokerEpoch = Image.Brokers[id].Epoch,
        CurrentMetadataOffset = Image.Offset,
        WantFence = wantFence,
        WantShutDown = wantShutDown,
    }));

    public void Join(int id)
    {
        Register(id);
        Assert.False(Heartbeat(id).IsFenced);
    }

    public void StopCleanly(int id)
    {
        Heartbeat(id, wantShutDown: true);
        Assert.Equal(ErrorCode.None, Take(Controller.FenceBroker(Image, id, Image.Brokers[id].Epoch)));
    }

    public void Fence(int id) => Take(Controller.FenceBroker(Image, id, Image.Brokers[id].Epoch));

    public static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions = 1, int replicas = 1, params (string Name, string? Value)[] configs) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = (short)replicas,
        Configs = [.. configs.Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Name, Value = c.Value })],
    };

    public static CreateTopicsRequest.CreatableTopic Placed(string name, params (int Partition, int[] Brokers)[] rows) => new()
    {
        Name = name,
        NumPartitions = -1,
        ReplicationFactor = -1,
        Assignments = [.. rows.Select(r => new CreateTopicsRequest.CreatableReplicaAssignment { PartitionIndex = r.Partition, BrokerIds = [.. r.Brokers] })],
    };

    public List<CreateTopicsResponse.CreatableTopicResult> Create(params CreateTopicsRequest.CreatableTopic[] topics) =>
        Take(Controller.CreateTopics(Image, new() { Topics = [.. topics] }, _ => true)).Topics;

    public ErrorCode CreateCode(CreateTopicsRequest.CreatableTopic topic)
    {
        var result = Create(topic).Single();
        Assert.Equal(result.ErrorCode != ErrorCode.None, result.ErrorMessage is not null);
        return result.ErrorCode;
    }

    public PartitionImage Partition(string topic, int index = 0) => Image.Topics[topic].Partitions[index];
}

/// <summary>Stands in for the settings' tables: knows retention.ms (a number) and cleanup.policy.</summary>
internal sealed class FakeTopicSettings : ITopicSettings
{
    public int Minimum { get; set; } = 1;

    public bool Unclean { get; set; }

    public (ErrorCode Code, string Message)? Check(IReadOnlyList<KeyValuePair<string, string?>> configs, ClusterImage image)
    {
        foreach (var (name, value) in configs)
        {
            if (name is not ("retention.ms" or "cleanup.policy") || value is null || (name == "retention.ms" && !long.TryParse(value, out _)))
            {
                return (ErrorCode.InvalidConfig, $"{name}={value}");
            }
        }

        return null;
    }

    public List<CreateTopicsResponse.CreatableTopicConfigs> Describe(IReadOnlyDictionary<string, string> configs, ClusterImage image) =>
        [.. configs.Select(c => new CreateTopicsResponse.CreatableTopicConfigs { Name = c.Key, Value = c.Value, ConfigSource = 1 })];

    public int IsrMin(string topic, ClusterImage image) => Minimum;

    public bool UncleanElection(string topic, ClusterImage image) => Unclean;
}

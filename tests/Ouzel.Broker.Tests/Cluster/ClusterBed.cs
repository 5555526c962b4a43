using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>Runs of one node's cluster part on a disk that outlives them.</summary>
internal sealed class ClusterBed
{
    public const string Data = "data";
    private readonly Random _random = new(7);

    public ClusterBed(Disk? disk = null, long? nowMs = null, int nodeId = 1)
    {
        Clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(nowMs ?? 1_800_000_000_000));
        Disk = disk ?? new MemoryDisk(Clock);
        Options = BrokerOptions.Of(("node.id", nodeId.ToString()), ("log.dirs", Data), ("offsets.topic.num.partitions", "5"));
    }

    public FakeTimeProvider Clock { get; }

    public Disk Disk { get; }

    public BrokerOptions Options { get; set; }

    /// <summary>A disk with a copy of a case that Kafka wrote, and a clock at the case's time.</summary>
    public static ClusterBed OfCase(string name)
    {
        var bed = new ClusterBed(nowMs: GoldenFolder.Expected(name).GetProperty("now").GetInt64());
        var source = GoldenFolder.MetadataOf(name);
        foreach (var path in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Data + "/" + Path.GetRelativePath(source, path).Replace('\\', '/');
            bed.Disk.CreateDirectory(target[..target.LastIndexOf('/')]);
            var file = bed.Disk.OpenFile(target, DiskOpen.Truncate);
            file.Write(0, File.ReadAllBytes(path));
            file.Sync();
            file.Release();
        }

        return bed;
    }

    public async Task<ClusterRun> StartAsync(params IClusterListener[] listeners)
    {
        var run = Open();
        foreach (var listener in listeners)
        {
            run.Node.Subscribe(listener);
        }

        await run.Node.StartAsync([new NodeEndpoint("PLAINTEXT", "localhost", 9092, 0)], CancellationToken.None);
        return run;
    }

    /// <summary>Opens what there is; another fold than the one of now stands for a log that turns out to end elsewhere.</summary>
    public ClusterRun Open(MetadataFold? other = null)
    {
        var survey = DirectorySurvey.Take(Disk, Options, _random);
        var clusterId = survey.ClusterId;
        var found = other ?? survey.Metadata;
        var inForce = new OptionsInForce(Options);
        var storage = new StorageOptions
        {
            Directories = [Data],
            ClusterId = clusterId,
            NodeId = Options.NodeId,
            LogOptionsOf = topic => topic == TopicNames.ClusterMetadata ? EmbeddedClusterLog.LogOptions : LogOptions.Default,
        };
        var work = new InlineWork();
        var directories = LogDirectories.Open(Disk, storage, _random, _ => work, NullLogger.Instance, Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return new ClusterRun(BrokerAssembly.OpenCluster(Disk, directories, clusterId, Options, Clock, _random, NullLoggerFactory.Instance, found), directories, found.Delta.After);
    }
}

/// <summary>One run: from a start to a stop or a kill.</summary>
internal sealed class ClusterRun(ClusterNode node, LogDirectories directories, ClusterImage peeked)
{
    public ClusterNode Node { get; } = node;

    public LogDirectories Directories { get; } = directories;

    public ClusterImage Peeked { get; } = peeked;

    public ClusterImage Image => Node.Metadata.Current;

    public async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(string name, int partitions = 1, params (string, string?)[] configs)
    {
        var answer = await Node.Controller.CreateTopicsAsync(new() { Topics = [ControllerBed.Topic(name, partitions, 1, configs)] }, _ => true);
        Assert.Equal(ErrorCode.None, answer.Topics[0].ErrorCode);
        return answer.Topics[0];
    }

    public async Task DeleteAsync(string name)
    {
        var answer = await Node.Controller.DeleteTopicsAsync([new() { Name = name }], _ => DeletionRight.Full);
        Assert.Equal(ErrorCode.None, answer.Responses[0].ErrorCode);
    }

    public async Task StopAsync()
    {
        await Node.StopAsync(CancellationToken.None);
        Directories.Close(Node.BrokerEpoch);
    }

    /// <summary>Ends without the node saying goodbye; what was written stays.</summary>
    public void Kill(Disk disk)
    {
        Directories.Close();
        disk.Delete(ClusterBed.Data + "/.kafka_cleanshutdown");
    }
}

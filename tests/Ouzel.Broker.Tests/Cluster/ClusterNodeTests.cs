using System.Text;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class ClusterNodeTests
{
    public static TheoryData<string> Cases => GoldenFolder.OpenedNames;

    private const string MetadataFolder = ClusterBed.Data + "/__cluster_metadata-0";

    private sealed class Recorder : IClusterListener
    {
        public List<(ClusterImage Image, ClusterDelta Delta)> Steps { get; } = [];

        public Func<ClusterDelta, ValueTask>? Then { get; set; }

        public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
        {
            Steps.Add((image, delta));
            return Then?.Invoke(delta) ?? ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_fresh_node_has_Kafkas_first_records_and_is_unfenced()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        Assert.Equal(
            [("eligible.leader.replicas.version", 1), ("group.version", 1), ("metadata.version", 33), ("share.version", 2), ("streams.version", 1), ("transaction.version", 2)],
            run.Image.Features.Select(f => (f.Key, (int)f.Value)));
        Assert.Equal([("min.insync.replicas", "1")], run.Image.ClusterDefaultConfigs.Select(c => (c.Key, c.Value)));
        Assert.True(run.Image.IsActive(1));
        Assert.Equal(run.Image.Brokers[1].Epoch, run.Node.BrokerEpoch);
        Assert.Equal([1], run.Image.Controllers.Keys);
        Assert.Equal(22, run.Image.ClusterId.Length);
    }

    [Fact]
    public async Task Changes_asked_for_while_another_is_shown_share_one_sync_and_see_each_other()
    {
        var recorder = new Recorder();
        var run = await new ClusterBed().StartAsync(recorder);
        var directory = run.Directories.All[0];
        Assert.Equal(1, directory.Syncs.Syncs); // the whole start
        var gate = new TaskCompletionSource();
        recorder.Then = _ => new ValueTask(gate.Task);
        var first = run.CreateAsync("first");
        var others = Enumerable.Range(0, 10).Select(i => run.CreateAsync($"t{i}")).ToArray();
        var again = run.Node.Controller.CreateTopicsAsync(new() { Topics = [ControllerBed.Topic("t0", 1, 1)] }, _ => true).AsTask();
        Assert.False(again.IsCompleted);
        recorder.Then = null;
        gate.SetResult();
        await first;
        await Task.WhenAll(others);
        Assert.Equal(ErrorCode.TopicAlreadyExists, (await again).Topics[0].ErrorCode);
        Assert.Equal(3, directory.Syncs.Syncs);
        Assert.Equal(11, run.Image.Topics.Count);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"t{i}").Prepend("first"), recorder.Steps.SelectMany(step => step.Delta.TopicsCreated).Select(t => t.Name));
        await run.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_read_before_the_log_was_opened_counts_only_if_the_log_ends_there(bool isStale)
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        await run.CreateAsync("first", 3);
        var before = MetadataPeek.Fold(bed.Disk, ClusterBed.Data, run.Image.ClusterId);
        await run.CreateAsync("second", 2);
        await run.StopAsync();

        var recorder = new Recorder();
        run = bed.Open(isStale ? before : null);
        run.Node.Subscribe(recorder);
        await run.Node.StartAsync([new NodeEndpoint("PLAINTEXT", "localhost", 9092, 0)], CancellationToken.None);
        Assert.Equal(["first", "second"], recorder.Steps[0].Delta.TopicsCreated.Select(t => t.Name).Order());
        Assert.Equal(-1, recorder.Steps[0].Delta.Before.Offset);
        Assert.Equal(5, run.Image.PartitionCount);
        Assert.Equal(isStale ? 1 : 2, run.Peeked.Topics.Count);
    }

    [Fact]
    public async Task What_is_left_under_the_name_of_a_deleted_topic_may_be_that_topics()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        await run.CreateAsync("again", 2);
        await run.CreateAsync("once");
        await run.DeleteAsync("again");
        await run.CreateAsync("again", 2);
        await run.StopAsync();

        var fold = MetadataPeek.Fold(bed.Disk, ClusterBed.Data, run.Image.ClusterId);
        Assert.Equal(["again"], fold.Deleted);
    }

    [Fact]
    public async Task A_fresh_directory_has_the_files_that_Kafka_formats()
    {
        var bed = new ClusterBed();
        await (await bed.StartAsync()).StopAsync();
        var quorum = Encoding.UTF8.GetString(bed.Disk.ReadAllBytes(MetadataFolder + "/quorum-state"));
        Assert.Equal(File.ReadAllText(Path.Combine(GoldenFolder.DataOf("kafka-4.4-clean"), "__cluster_metadata-0", "quorum-state")), quorum);
        var theirs = SnapshotFile.Read(File.ReadAllBytes(Path.Combine(GoldenFolder.DataOf("kafka-4.4-clean"), "__cluster_metadata-0", "00000000000000000000-0000000000.checkpoint")), 0, 0)!.Value;
        var ours = SnapshotFile.Read(bed.Disk.ReadAllBytes(MetadataFolder + "/00000000000000000000-0000000000.checkpoint"), 0, 0)!.Value;
        Assert.Equal(theirs.Snapshot.Records.Select(ClusterDeltaTests.Bytes), ours.Snapshot.Records.Select(ClusterDeltaTests.Bytes));
        Assert.Equal(theirs.Voters.KRaftVersion, ours.Voters.KRaftVersion);
        var voter = ours.Voters.Voters!.Voters.Single();
        Assert.Equal(MetaProperties.Read(bed.Disk, ClusterBed.Data)!.DirectoryId, voter.VoterDirectoryId);
        Assert.Equal(theirs.Voters.Voters!.Voters.Single().Endpoints.Single().Name, voter.Endpoints.Single().Name);
        Assert.False(bed.Disk.Exists(ClusterBed.Data + "/bootstrap.checkpoint"));
        Assert.Equal("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ", Encoding.UTF8.GetString(bed.Disk.ReadAllBytes(MetadataFolder + "/partition.metadata")));
    }

    [Fact]
    public async Task A_directory_that_Kafka_formatted_for_an_older_level_begins_and_stays_there()
    {
        var bed = new ClusterBed();
        bed.Disk.CreateDirectory(ClusterBed.Data);
        foreach (var name in new[] { "bootstrap.checkpoint", "meta.properties" })
        {
            bed.Disk.ReplaceFile(ClusterBed.Data + "/" + name, File.ReadAllBytes(Path.Combine(GoldenFolder.DataOf("codecs"), name)));
        }

        var run = await bed.StartAsync();
        Assert.Equal((29, 1), (run.Image.Features["metadata.version"], run.Image.Features["share.version"]));
        await run.StopAsync();
        run = await bed.StartAsync();
        Assert.Equal(29, run.Image.MetadataVersion.Level);
        var raised = await run.Node.Controller.UpdateFeaturesAsync(new() { FeatureUpdates = [new() { Feature = "metadata.version", MaxVersionLevel = 33, UpgradeType = 1 }] });
        Assert.Equal(ErrorCode.None, raised.ErrorCode);
        await run.StopAsync();
        run = await bed.StartAsync();
        Assert.Equal(33, run.Image.MetadataVersion.Level);
    }

    [Fact]
    public async Task The_first_epoch_begins_with_the_control_records_that_Kafka_writes()
    {
        var bed = new ClusterBed();
        await (await bed.StartAsync()).StopAsync();
        Assert.Equal(
            Controls(File.ReadAllBytes(Path.Combine(GoldenFolder.DataOf("kafka-4.4-clean"), "__cluster_metadata-0", "00000000000000000000.log"))),
            Controls(bed.Disk.ReadAllBytes(MetadataFolder + "/00000000000000000000.log")));

        static List<ControlRecordType> Controls(byte[] bytes)
        {
            var types = new List<ControlRecordType>();
            Assert.True(RecordBatch.TryRead(bytes, out var batch, out _));
            MetadataBatches.ReadControls(batch, (type, _) => types.Add(type));
            return types;
        }
    }

    [Fact]
    public async Task A_topic_can_be_used_when_its_creation_answers()
    {
        var recorder = new Recorder();
        var run = await new ClusterBed().StartAsync(recorder);
        var id = (await run.CreateAsync("t", 3, ("retention.ms", " 60000 "))).TopicId;
        Assert.Equal([("t", id)], recorder.Steps[^1].Delta.TopicsCreated.Select(t => (t.Name, t.Id)));
        Assert.Same(run.Image, recorder.Steps[^1].Image);
        Assert.Equal(3, run.Image.PartitionCount);
    }

    [Fact]
    public async Task A_creation_answers_settings_as_they_were_given()
    {
        var run = await new ClusterBed().StartAsync();
        var configs = (await run.CreateAsync("t", 1, ("retention.ms", " 60000 "), ("cleanup.policy", "compact"))).Configs!.ToDictionary(c => c.Name);
        Assert.Equal((" 60000 ", 1), (configs["retention.ms"].Value, configs["retention.ms"].ConfigSource));
        Assert.Equal(("compact", 1), (configs["cleanup.policy"].Value, configs["cleanup.policy"].ConfigSource));
        Assert.Equal(("1048588", 5), (configs["max.message.bytes"].Value, configs["max.message.bytes"].ConfigSource));
        Assert.Equal(("1", 3), (configs["min.insync.replicas"].Value, configs["min.insync.replicas"].ConfigSource));
    }

    [Fact]
    public async Task An_answer_waits_for_every_listener()
    {
        var gate = new TaskCompletionSource();
        var recorder = new Recorder();
        var run = await new ClusterBed().StartAsync(recorder);
        recorder.Then = _ => new ValueTask(gate.Task);
        var creation = run.CreateAsync("t");
        Assert.False(creation.IsCompleted);
        Assert.False(run.Image.Topics.ContainsKey("t"));
        gate.SetResult();
        await creation;
        Assert.True(run.Image.Topics.ContainsKey("t"));
    }

    [Fact]
    public async Task A_listener_that_fails_stops_the_controller()
    {
        var recorder = new Recorder();
        var run = await new ClusterBed().StartAsync(recorder);
        recorder.Then = _ => throw new InvalidOperationException("broken");
        await Assert.ThrowsAsync<ControllerFailedException>(() => run.CreateAsync("t"));
        Assert.True(run.Node.Active.Resigned.IsCompleted);
        recorder.Then = null;
        await Assert.ThrowsAsync<ControllerFailedException>(() => run.CreateAsync("u"));
    }

    [Fact]
    public async Task After_a_clean_restart_everything_is_there_and_leader_epochs_have_grown_by_two()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var id = (await run.CreateAsync("t", 2, ("retention.ms", "5"))).TopicId;
        var block = await run.Node.Controller.AllocateProducerIdsAsync();
        var clusterId = run.Image.ClusterId;
        await run.StopAsync();

        run = await bed.StartAsync();
        Assert.Equal((clusterId, 2), (run.Image.ClusterId, run.Node.Active.Epoch));
        Assert.Equal(id, run.Image.Topics["t"].Id);
        Assert.Equal("5", run.Image.ConfigsOfTopic("t")["retention.ms"]);
        Assert.All(run.Image.Topics["t"].Partitions, p => Assert.Equal((1, 2, false), (p.Leader, p.LeaderEpoch, p.Recovering)));
        Assert.Equal(new ProducerIdBlock(block.First + 1000, 1000), await run.Node.Controller.AllocateProducerIdsAsync());
        await run.StopAsync();
    }

    [Fact]
    public async Task After_a_kill_the_node_serves_at_once_and_says_that_it_recovers()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        await run.CreateAsync("t");
        run.Kill(bed.Disk);
        run = await bed.StartAsync();
        Assert.Equal((1, 2, true), (run.Image.Topics["t"].Partitions[0].Leader, run.Image.Topics["t"].Partitions[0].LeaderEpoch, run.Image.Topics["t"].Partitions[0].Recovering));
        Assert.True(run.Image.IsActive(1));
    }

    [Fact]
    public async Task The_first_step_after_a_start_creates_everything()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        await run.CreateAsync("t");
        await run.StopAsync();
        var recorder = new Recorder();
        await bed.StartAsync(recorder);
        Assert.Equal(-1, recorder.Steps[0].Delta.Before.Offset);
        Assert.Equal(["t"], recorder.Steps[0].Delta.TopicsCreated.Select(t => t.Name));
        Assert.Contains(recorder.Steps, s => s.Delta.TopicsChanged.Any(c => c.Before.Partitions[0].Leader == -1 && c.After.Partitions[0].Leader == 1));
    }

    [Fact]
    public async Task Internal_topics_are_made_once_with_no_more_replicas_than_there_are_brokers()
    {
        var run = await new ClusterBed().StartAsync();
        Assert.True(await run.Node.InternalTopics.EnsureTopicAsync(InternalTopicNames.ConsumerOffsets));
        var topic = run.Image.Topics["__consumer_offsets"];
        Assert.Equal((5, 1), (topic.Partitions.Length, topic.Partitions[0].Replicas.Length));
        Assert.Equal(
            [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "104857600")],
            run.Image.ConfigsOfTopic(topic.Name).Select(c => (c.Key, c.Value)));
        Assert.True(await run.Node.InternalTopics.EnsureTopicAsync(InternalTopicNames.ConsumerOffsets));
        Assert.Same(topic, run.Image.Topics["__consumer_offsets"]);
        Assert.True(await run.Node.InternalTopics.EnsureTopicAsync(InternalTopicNames.TransactionState));
        Assert.True(await run.Node.InternalTopics.EnsureTopicAsync(InternalTopicNames.ShareGroupState));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_directory_that_Kafka_wrote_opens_as_it_is(string name)
    {
        var bed = ClusterBed.OfCase(name);
        var expected = GoldenFolder.Expected(name).GetProperty("topics");
        var run = await bed.StartAsync();
        Assert.Equal("AAAAAAAAQACAAAAAAAAAAQ", run.Image.ClusterId);
        Assert.Equal(expected.EnumerateObject().Select(t => (t.Name, t.Value.GetProperty("id").GetString())).Order(), run.Image.Topics.Values.Select(t => (t.Name, (string?)t.Id.ToString())).Order());
        Assert.Equal(run.Image.Topics.Keys.Order(), run.Peeked.Topics.Keys.Order());
        Assert.All(run.Image.Topics.Values.SelectMany(t => t.Partitions).Where(p => p.Replicas.Contains(1)), p => Assert.Equal(run.Image.HasDirectory(p, 1) ? 1 : -1, p.Leader));
        var id = (await run.CreateAsync("from.ouzel")).TopicId;
        await run.StopAsync();
        run = await bed.StartAsync();
        Assert.Equal(id, run.Image.Topics["from.ouzel"].Id);
        Assert.Equal(expected.EnumerateObject().Count() + 1, run.Image.Topics.Count);
    }

    [Fact]
    public async Task A_directory_of_another_node_is_refused_with_what_to_do()
    {
        var bed = new ClusterBed();
        await (await bed.StartAsync()).StopAsync();
        var other = new ClusterBed(bed.Disk, nodeId: 2);
        var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => other.StartAsync());
        Assert.Contains("node.id=1", refusal.Message);
    }

    [Fact]
    public async Task A_snapshot_and_the_log_behind_it_give_the_same_cluster()
    {
        var bed = new ClusterBed { Options = BrokerOptions.Of(("log.dirs", ClusterBed.Data), ("node.id", "1"), ("metadata.log.max.record.bytes.between.snapshots", "1000")) };
        var run = await bed.StartAsync();
        for (var i = 0; i < 40; i++)
        {
            await run.CreateAsync($"t{i}");
        }

        await run.StopAsync();
        var snapshots = SnapshotFile.List(bed.Disk, MetadataFolder);
        Assert.True(snapshots.Count > 3);
        // The newest alone is used: with the log's beginning and the older ones gone, nothing is missing.
        foreach (var old in snapshots[..^1])
        {
            bed.Disk.Delete($"{MetadataFolder}/{old.Name}");
        }

        run = await bed.StartAsync();
        Assert.Equal(40, run.Image.Topics.Count);
        Assert.All(run.Image.Topics.Values, t => Assert.Equal(1, t.Partitions[0].Leader));
    }

    [Fact]
    public async Task A_thousand_topics_are_created_one_after_the_other()
    {
        var run = await new ClusterBed().StartAsync();
        for (var i = 0; i < 1000; i++)
        {
            await run.CreateAsync($"t{i}");
        }

        Assert.Equal(1000, run.Image.PartitionCount);
    }
}

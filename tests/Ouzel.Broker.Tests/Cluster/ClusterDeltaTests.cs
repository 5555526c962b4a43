using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class ClusterDeltaTests
{
    private static readonly Uuid Id = new(1, 1);
    private static readonly MetadataVersion Latest = new(MetadataVersion.LevelMax);

    private static ClusterRecord Created(string name, Uuid id) => ClusterRecord.Of(new TopicRecord { Name = name, TopicId = id });

    private static ClusterRecord Partition(Uuid id, int index) => ClusterRecord.Of(
        new PartitionRecord { PartitionId = index, TopicId = id, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 }, Latest);

    private static ClusterDelta Step(ClusterImage before, params ClusterRecord[] records)
    {
        var delta = new ClusterDelta(before);
        foreach (var record in records)
        {
            delta.Apply(record);
        }

        delta.Complete(before.Offset + records.Length, 1, 0);
        return delta;
    }

    [Fact]
    public void A_step_names_what_was_created_changed_and_deleted()
    {
        var before = Step(ClusterImage.Empty, Created("a", Id), Partition(Id, 0), Created("b", new Uuid(2, 2)), Partition(new Uuid(2, 2), 0)).After;
        var delta = Step(
            before,
            ClusterRecord.Of(new PartitionChangeRecord { PartitionId = 0, TopicId = Id, Leader = -1 }, Latest),
            ClusterRecord.Of(new RemoveTopicRecord { TopicId = new Uuid(2, 2) }),
            Created("c", new Uuid(3, 3)),
            Partition(new Uuid(3, 3), 0));
        Assert.Equal(["c"], delta.TopicsCreated.Select(t => t.Name));
        Assert.Equal([("a", 1, -1)], delta.TopicsChanged.Select(c => (c.After.Name, c.Before.Partitions[0].Leader, c.After.Partitions[0].Leader)));
        Assert.Equal(["b"], delta.TopicsDeleted.Select(t => t.Name));
        Assert.Equal(2, delta.After.PartitionCount);
    }

    [Fact]
    public void The_image_before_a_step_stays_as_it_was()
    {
        var before = Step(ClusterImage.Empty, Created("a", Id), Partition(Id, 0)).After;
        Step(before, ClusterRecord.Of(new RemoveTopicRecord { TopicId = Id }));
        Assert.True(before.Topics.ContainsKey("a"));
        Assert.Equal(1, before.Topics["a"].Partitions[0].Leader);
    }

    [Fact]
    public void A_topic_deleted_and_made_anew_in_one_step_is_both_deleted_and_created()
    {
        var before = Step(ClusterImage.Empty, Created("a", Id), Partition(Id, 0)).After;
        var delta = Step(before, ClusterRecord.Of(new RemoveTopicRecord { TopicId = Id }), Created("a", new Uuid(2, 2)), Partition(new Uuid(2, 2), 0));
        Assert.Equal([Id], delta.TopicsDeleted.Select(t => t.Id));
        Assert.Equal([new Uuid(2, 2)], delta.TopicsCreated.Select(t => t.Id));
        Assert.Equal(new Uuid(2, 2), delta.After.Topics["a"].Id);
    }

    [Fact]
    public void A_topic_made_and_deleted_in_one_step_was_never_there()
    {
        var delta = Step(ClusterImage.Empty, Created("a", Id), Partition(Id, 0), ClusterRecord.Of(new RemoveTopicRecord { TopicId = Id }));
        Assert.Empty(delta.TopicsCreated);
        Assert.Empty(delta.TopicsDeleted);
        Assert.Empty(delta.After.Topics);
    }

    [Fact]
    public void A_change_that_names_the_same_leader_begins_a_new_leader_epoch()
    {
        var before = Step(ClusterImage.Empty, Created("a", Id), Partition(Id, 0)).After;
        var after = Step(before, ClusterRecord.Of(new PartitionChangeRecord { PartitionId = 0, TopicId = Id, Leader = 1 }, Latest)).After;
        Assert.Equal((1, 1, 1), (after.Topics["a"].Partitions[0].Leader, after.Topics["a"].Partitions[0].LeaderEpoch, after.Topics["a"].Partitions[0].PartitionEpoch));
        after = Step(after, ClusterRecord.Of(new PartitionChangeRecord { PartitionId = 0, TopicId = Id, Isr = [] }, Latest)).After;
        Assert.Equal((1, 2), (after.Topics["a"].Partitions[0].LeaderEpoch, after.Topics["a"].Partitions[0].PartitionEpoch));
    }

    [Fact]
    public void Records_about_what_does_not_exist_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => Step(ClusterImage.Empty, Partition(Id, 0)));
        Assert.Throws<InvalidDataException>(() => Step(ClusterImage.Empty, ClusterRecord.Of(new RemoveTopicRecord { TopicId = Id })));
        Assert.Throws<InvalidDataException>(() => Step(ClusterImage.Empty, Created("a", Id), Created("a", new Uuid(2, 2))));
        Assert.Throws<InvalidDataException>(() => Step(ClusterImage.Empty, Created("a", Id), Partition(Id, 1)));
        Assert.Throws<InvalidDataException>(() => Step(ClusterImage.Empty, ClusterRecord.Of(new BrokerRegistrationChangeRecord { BrokerId = 1 })));
    }

    [Fact]
    public void A_snapshots_records_build_the_same_image()
    {
        var bed = WithTopic("t.x", 3, 2, 1, 2);
        bed.Create(Topic("u", 1, 1, ("retention.ms", "5")));
        bed.StopCleanly(2);
        bed.Apply(ClusterRecord.Of(new ProducerIdsRecord { NextProducerId = 5000 }));
        bed.Apply(ClusterRecord.Of(new ClientQuotaRecord { Entity = [new() { EntityType = "user", EntityName = null }], Key = "k", Value = 1.5 }));
        var records = ImageRecords.Of(bed.Image).ToList();
        var copy = Step(ClusterImage.Empty, [.. records]).After;
        Assert.Equal(records.Select(Bytes), ImageRecords.Of(copy).Select(Bytes));
        Assert.Equal((bed.Image.PartitionCount, bed.Image.NextProducerId), (copy.PartitionCount, copy.NextProducerId));
        Assert.Equal(bed.Image.CollidingNames.Keys, copy.CollidingNames.Keys);
    }

    [Fact]
    public void A_thousand_topics_in_a_cluster_of_ten_thousand_partitions_cost_what_they_touch()
    {
        var bed = WithTopic("big", 10_000);
        var big = bed.Image.Topics["big"];
        for (var i = 0; i < 1000; i++)
        {
            bed.Create(Topic($"t.{i}"));
        }

        Assert.Equal(11_000, bed.Image.PartitionCount);
        Assert.Same(big, bed.Image.Topics["big"]);
    }

    internal static string Bytes(ClusterRecord record)
    {
        using var writer = new Ouzel.Protocol.Wire.WireWriter();
        record.Write(writer);
        return Convert.ToHexString(writer.WrittenSpan);
    }
}

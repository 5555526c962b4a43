using System.Collections;
using System.Text.Json;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The metadata logs and snapshots that Apache Kafka 4.2.1 and 4.4.0 wrote, read and written again.</summary>
public sealed class GoldenMetadataTests
{
    public static TheoryData<string> Cases => GoldenFolder.CaseNames;

    private static string LogFolder(string name) => Path.Combine(GoldenFolder.MetadataOf(name), "__cluster_metadata-0");

    private static string LogFile(string name) => Path.Combine(LogFolder(name), "00000000000000000000.log");

    private static List<byte[]> Batches(string path)
    {
        var batches = new List<byte[]>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            Assert.True(batch.IsCrcValid());
            batches.Add(rest[..size].ToArray());
            rest = rest[size..];
        }

        return batches;
    }

    private static ClusterBatch Read(byte[] bytes)
    {
        Assert.True(RecordBatch.TryRead(bytes, out var batch, out _));
        return MetadataBatches.Read(batch);
    }

    private static ClusterImage Fold(IEnumerable<byte[]> batches)
    {
        var replay = new ClusterReplay(ClusterImage.Empty);
        foreach (var batch in batches)
        {
            replay.Add(Read(batch));
        }

        Assert.False(replay.InTransaction);
        return replay.Complete().After;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_log_gives_the_topics_ids_and_settings_that_Kafka_described(string name)
    {
        var image = Fold(Batches(LogFile(name)));
        var topics = GoldenFolder.Expected(name).GetProperty("topics");
        Assert.Equal(topics.EnumerateObject().Select(t => t.Name).Order(StringComparer.Ordinal), image.Topics.Keys.Order(StringComparer.Ordinal));
        foreach (var (topic, expected) in topics.EnumerateObject().Select(t => (t.Name, t.Value)))
        {
            Assert.Equal(expected.GetProperty("id").GetString(), image.Topics[topic].Id.ToString());
            Assert.Equal(expected.GetProperty("partitions").GetInt32(), image.Topics[topic].Partitions.Length);
            var configs = expected.GetProperty("configs").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetString()!);
            Assert.Equal(configs.OrderBy(c => c.Key, StringComparer.Ordinal), image.ConfigsOfTopic(topic).OrderBy(c => c.Key, StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_batch_of_the_log_is_written_again_byte_for_byte(string name) => Assert.All(Batches(LogFile(name)), Rewrite);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_batch_of_the_snapshots_is_written_again_byte_for_byte(string name)
    {
        var files = Directory.GetFiles(LogFolder(name), "*.checkpoint").Concat(Directory.GetFiles(GoldenFolder.MetadataOf(name), "bootstrap.checkpoint"));
        Assert.All(files.SelectMany(Batches), Rewrite);
    }

    private static void Rewrite(byte[] bytes)
    {
        Assert.True(RecordBatch.TryRead(bytes, out var batch, out _));
        if (batch.IsControl)
        {
            var controls = new List<LogControl>();
            MetadataBatches.ReadControls(batch, (type, value) => controls.Add(new LogControl(type, Control(type, value))));
            Assert.Equal(bytes, MetadataBatches.Control(batch.BaseOffset, batch.PartitionLeaderEpoch, batch.MaxTimestamp, [.. controls]));
            return;
        }

        var read = MetadataBatches.Read(batch);
        Assert.Equal(batch.RecordCount, read.Records.Count);
        Assert.Equal(bytes, MetadataBatches.DataBatches(read.BaseOffset, read.Epoch, read.TimestampMs, read.Records).Single());
    }

    private static IWireMessage Control(ControlRecordType type, ReadOnlyMemory<byte> value)
    {
        IWireMessage message = type switch
        {
            ControlRecordType.LeaderChange => new LeaderChangeMessage(),
            ControlRecordType.SnapshotHeader => new SnapshotHeaderRecord(),
            ControlRecordType.SnapshotFooter => new SnapshotFooterRecord(),
            ControlRecordType.KraftVersion => new KRaftVersionRecord(),
            ControlRecordType.KraftVoters => new VotersRecord(),
            _ => throw new InvalidDataException(type.ToString()),
        };
        var reader = new WireReader(value);
        message.Read(ref reader, 0);
        Assert.Equal(0, reader.Remaining);
        return message;
    }

    [Fact]
    public void Records_of_the_log_and_its_snapshots_are_decoded_as_Kafka_decodes_them()
    {
        var decoded = GoldenFolder.Expected("metadata").GetProperty("files").GetProperty("__cluster_metadata-0").GetProperty("decoded");
        foreach (var (file, expected) in decoded.EnumerateObject().Select(f => (f.Name, f.Value.EnumerateArray().ToList())))
        {
            var records = Batches(Path.Combine(LogFolder("metadata"), file)).SelectMany(b => Read(b).Records).Where(r => r.Message is not NoOpRecord).ToList();
            Assert.Equal(expected.Count, records.Count);
            for (var i = 0; i < records.Count; i++)
            {
                Assert.Equal(expected[i].GetProperty("type").GetString()!.Replace("_", ""), records[i].Message.GetType().Name.ToUpperInvariant());
                Assert.Equal(expected[i].GetProperty("version").GetInt32(), records[i].Version);
                AssertSame(expected[i].GetProperty("data"), records[i].Message);
            }
        }
    }

    private static void AssertSame(JsonElement expected, object actual)
    {
        foreach (var field in expected.EnumerateObject())
        {
            var property = actual.GetType().GetProperty(char.ToUpperInvariant(field.Name[0]) + field.Name[1..])!;
            AssertValue(field.Value, property.GetValue(actual));
        }
    }

    private static void AssertValue(JsonElement expected, object? actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Null: Assert.Null(actual); break;
            case JsonValueKind.Array:
                var items = ((IEnumerable)actual!).Cast<object>().ToList();
                Assert.Equal(expected.GetArrayLength(), items.Count);
                foreach (var (item, i) in items.Select((item, i) => (item, i)))
                {
                    AssertValue(expected[i], item);
                }

                break;
            case JsonValueKind.Object: AssertSame(expected, actual!); break;
            case JsonValueKind.String when actual is ReadOnlyMemory<byte> bytes: Assert.Equal(expected.GetString(), Convert.ToBase64String(bytes.Span)); break;
            case JsonValueKind.String: Assert.Equal(expected.GetString(), actual!.ToString()); break;
            case JsonValueKind.Number: Assert.Equal(expected.GetDouble(), Convert.ToDouble(actual)); break;
            default: Assert.Equal(expected.GetBoolean(), actual); break;
        }
    }

    [Fact]
    public void Each_snapshot_holds_what_the_log_before_it_says()
    {
        var batches = Batches(LogFile("metadata"));
        foreach (var path in Directory.GetFiles(LogFolder("metadata"), "*.checkpoint"))
        {
            var offset = long.Parse(Path.GetFileName(path)[..20]);
            var records = Batches(path).SelectMany(b => Read(b).Records).Select(ClusterDeltaTests.Bytes).Order(StringComparer.Ordinal);
            var image = Fold(batches.TakeWhile(b => Read(b).OffsetNext <= offset));
            Assert.Equal(offset - 1, image.Offset);
            Assert.Equal(records, ImageRecords.Of(image).Select(ClusterDeltaTests.Bytes).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_fresh_cluster_begins_with_Kafkas_bootstrap_records()
    {
        var second = Read(Batches(LogFile("kafka-4.4-clean"))[1]);
        Assert.Equal(second.Records.Select(ClusterDeltaTests.Bytes), Bootstrap.Records(Bootstrap.FeatureLevels, 1).Select(ClusterDeltaTests.Bytes));
    }

    [Fact]
    public void A_clean_stop_and_start_write_the_partition_changes_that_Kafka_writes()
    {
        var batches = Batches(LogFile("epochs")).Select(Read).ToList();
        var stop = batches.FindIndex(b => b.Records.Any(r => r.Message is BrokerRegistrationChangeRecord { InControlledShutdown: 1 }));
        var image = Fold(Batches(LogFile("epochs")).Take(stop));
        var controller = new Controller(new ControllerOptions(), new FakeTopicSettings(), new Random(1));
        var broker = image.Brokers[1];
        var decision = controller.Heartbeat(image, new() { BrokerId = 1, BrokerEpoch = broker.Epoch, CurrentMetadataOffset = image.Offset, WantShutDown = true });
        Assert.Equal(Sorted(batches[stop].Records), Sorted(decision.Records));

        var start = batches.FindIndex(stop, b => b.Records.Any(r => r.Message is BrokerRegistrationChangeRecord { Fenced: -1 }));
        image = Fold(Batches(LogFile("epochs")).Take(start));
        decision = controller.Heartbeat(image, new() { BrokerId = 1, BrokerEpoch = image.Brokers[1].Epoch, CurrentMetadataOffset = image.Offset });
        Assert.Equal(Sorted(batches[start].Records.Where(r => r.Message is not NoOpRecord)), Sorted(decision.Records));

        static IEnumerable<string> Sorted(IEnumerable<ClusterRecord> records) => records.Select(ClusterDeltaTests.Bytes).Order(StringComparer.Ordinal);
    }
}

using System.Text.Json;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>Asks a broker over the wire what Kafka's clients asked of the case, and notes where the responses differ.</summary>
internal sealed class GoldenReader(GoldenCase golden, WireClient client)
{
    private const sbyte TopicResource = 2;
    private const sbyte TopicSource = 1;
    private const int FetchBytesMax = 1 << 20;

    private static readonly string[] ProducerFields = ["producer_id", "epoch", "last_sequence", "last_timestamp", "coordinator_epoch", "current_txn_first_offset"];

    private readonly Dictionary<string, Uuid> _ids = [];

    public List<string> Differences { get; } = [];

    public async Task ReadAllAsync()
    {
        await ReadTopicsAsync();
        foreach (var (partition, seen) in golden.Partitions)
        {
            await ReadMarksAsync(partition, seen);
            await ReadProducersAsync(partition, seen);
            if (seen.TryGetProperty("records", out _))
            {
                await ReadRecordsAsync(partition, seen);
            }
        }

        await ReadGroupsAsync();
    }

    private async Task ReadTopicsAsync()
    {
        var metadata = await client.CallAsync(new MetadataRequest { Topics = null }, 13);
        foreach (var topic in metadata.Topics)
        {
            _ids[topic.Name!] = topic.TopicId;
        }

        Differ("topics", golden.Topics.Select(t => $"{t.Name} {t.Value.GetProperty("id").GetString()} {t.Value.GetProperty("partitions")} {t.Value.GetProperty("internal").GetBoolean()}"),
            metadata.Topics.Select(t => $"{t.Name} {t.TopicId} {t.Partitions.Count} {t.IsInternal}"));
        foreach (var topic in golden.Topics)
        {
            var request = new DescribeConfigsRequest { Resources = [new() { ResourceType = TopicResource, ResourceName = topic.Name, ConfigurationKeys = null }] };
            var result = (await client.CallAsync(request, 4)).Results[0];
            Differ(topic.Name + " settings", topic.Value.GetProperty("configs").EnumerateObject().Select(c => $"{c.Name}={c.Value}"),
                result.Configs.Where(c => c.ConfigSource == TopicSource).Select(c => $"{c.Name}={c.Value}"));
        }
    }

    private async Task ReadMarksAsync(TopicPartition partition, JsonElement seen)
    {
        await DifferAsync("log_start_offset", -2, 0);
        await DifferAsync("high_watermark", -1, 0);
        await DifferAsync("last_stable_offset", -1, 1);
        if (seen.TryGetProperty("max_timestamp", out var max))
        {
            var found = await OffsetAsync(-3, 0);
            Differ(partition + " max_timestamp", [$"{max.GetProperty("offset")} {max.GetProperty("timestamp")}"], [$"{found.Offset} {found.Timestamp}"]);
        }

        async Task DifferAsync(string field, long timestamp, sbyte isolation)
        {
            if (seen.TryGetProperty(field, out var expected))
            {
                Differ($"{partition} {field}", [expected.ToString()], [(await OffsetAsync(timestamp, isolation)).Offset.ToString()]);
            }
        }

        async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> OffsetAsync(long timestamp, sbyte isolation)
        {
            var request = new ListOffsetsRequest
            {
                ReplicaId = -1,
                IsolationLevel = isolation,
                Topics = [new() { Name = partition.Topic, Partitions = [new() { PartitionIndex = partition.Partition, Timestamp = timestamp }] }],
            };
            return (await client.CallAsync(request, 9)).Topics[0].Partitions[0];
        }
    }

    private async Task ReadProducersAsync(TopicPartition partition, JsonElement seen)
    {
        if (!seen.TryGetProperty("producers", out var producers))
        {
            return;
        }

        var request = new DescribeProducersRequest { Topics = [new() { Name = partition.Topic, PartitionIndexes = [partition.Partition] }] };
        var found = (await client.CallAsync(request, 0)).Topics[0].Partitions[0];
        Differ(partition + " producers", producers.EnumerateArray().Select(p => string.Join(' ', ProducerFields.Select(f => p.GetProperty(f).ToString()))),
            found.ActiveProducers.Select(p =>
                $"{p.ProducerId} {p.ProducerEpoch} {p.LastSequence} {p.LastTimestamp} {p.CoordinatorEpoch} {(p.CurrentTxnStartOffset < 0 ? "" : p.CurrentTxnStartOffset)}"));
    }

    private async Task ReadRecordsAsync(TopicPartition partition, JsonElement seen)
    {
        var everything = await FetchAllAsync(partition, seen, 0);
        var expected = ReadBack.Expected(seen.GetProperty("records"));
        if (!expected.SequenceEqual(everything.Lines))
        {
            Differ(partition + " records", expected, everything.Lines);
        }

        DifferStop("read_uncommitted_stopped_at", everything);
        var committed = await FetchAllAsync(partition, seen, 1);
        if (seen.TryGetProperty("read_committed_offsets", out var offsets))
        {
            Differ(partition + " read_committed_offsets", offsets.EnumerateArray().Select(o => o.ToString()), committed.Offsets.Select(o => o.ToString()));
        }

        DifferStop("read_committed_stopped_at", committed);

        void DifferStop(string field, ReadBack read)
            => Differ($"{partition} {field}", [seen.TryGetProperty(field, out var at) ? at.ToString() : ""], [read.StoppedAt?.ToString() ?? ""]);
    }

    private async Task<ReadBack> FetchAllAsync(TopicPartition partition, JsonElement seen, sbyte isolation)
    {
        var read = new ReadBack(seen.GetProperty("log_start_offset").GetInt64());
        while (true)
        {
            var request = new FetchRequest
            {
                MinBytes = 0,
                MaxBytes = FetchBytesMax,
                IsolationLevel = isolation,
                Topics = [new() { TopicId = _ids.GetValueOrDefault(partition.Topic), Partitions = [new() { Partition = partition.Partition, FetchOffset = read.NextOffset, PartitionMaxBytes = 4096 }] }],
            };
            var response = await client.CallAsync(request, 17);
            var data = response.Responses[0].Partitions[0];
            if (data.ErrorCode != ErrorCode.None)
            {
                Differences.Add($"{partition} fetch at {read.NextOffset}: {data.ErrorCode}");
                return read;
            }

            if (data.Records is not MemoryRecords { Length: > 0 } records || !read.Add(records.Span, data.AbortedTransactions?.Select(a => (a.ProducerId, a.FirstOffset))))
            {
                return read;
            }
        }
    }

    private async Task ReadGroupsAsync()
    {
        var listed = await ListAsync();
        Differ("groups", golden.Groups.Select(g => $"{g.Name} {g.Value.GetProperty("type").GetString()!.ToLowerInvariant()} {g.Value.GetProperty("protocol")} {g.Value.GetProperty("state")}"),
            listed.Groups.Select(g => $"{g.GroupId} {g.GroupType} {g.ProtocolType} {g.GroupState}"));
        foreach (var group in golden.Groups.Where(g => g.Value.GetProperty("type").GetString() != "Share"))
        {
            await ReadOffsetsAsync(group);
        }

        foreach (var group in golden.Groups.Where(IsClassic))
        {
            var found = (await client.CallAsync(new DescribeGroupsRequest { Groups = [group.Name] }, 6)).Groups[0];
            var members = group.Value.GetProperty("members").EnumerateArray().Select(m => $"{m.GetProperty("instance")} {m.GetProperty("client_id")} {m.GetProperty("host")}");
            var protocol = group.Value.GetProperty("protocol").GetString()!;
            Differ(group.Name, [$"None {group.Value.GetProperty("state")} {protocol} {group.Value.GetProperty("assignor")}", .. members],
                [$"{found.ErrorCode} {found.GroupState} {found.ProtocolType} {found.ProtocolData}", .. found.Members.Select(m => $"{m.GroupInstanceId} {m.ClientId} {m.ClientHost}")]);
        }
    }

    /// <summary>Like a client, asks again while the coordinators read their partitions.</summary>
    private async Task<ListGroupsResponse> ListAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var listed = await client.CallAsync(new ListGroupsRequest { StatesFilter = [], TypesFilter = [] }, 5);
            if (listed.ErrorCode == ErrorCode.None)
            {
                return listed;
            }

            Assert.Equal(ErrorCode.CoordinatorLoadInProgress, listed.ErrorCode);
            await Task.Delay(1, limit.Token);
        }
    }

    private async Task ReadOffsetsAsync(JsonProperty group)
    {
        var request = new OffsetFetchRequest { Groups = [new() { GroupId = group.Name, Topics = null }] };
        var found = (await client.CallAsync(request, 9)).Groups[0];
        Differ(group.Name + " offsets", group.Value.GetProperty("offsets").EnumerateObject().Select(o => $"{o.Name} {o.Value.GetProperty("offset")} {o.Value.GetProperty("leader_epoch")} {o.Value.GetProperty("metadata")}"),
            found.Topics.SelectMany(t => t.Partitions.Select(p => $"{t.Name}-{p.PartitionIndex} {p.CommittedOffset} {p.CommittedLeaderEpoch} {p.Metadata}")));
    }

    private static bool IsClassic(JsonProperty group) => group.Value.GetProperty("type").GetString() == "Classic";

    private void Differ(string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        List<string> wanted = [.. expected.Order(StringComparer.Ordinal)], got = [.. found.Order(StringComparer.Ordinal)];
        if (!wanted.SequenceEqual(got))
        {
            Differences.Add($"{what}: missing [{string.Join(" | ", wanted.Except(got))}], too much [{string.Join(" | ", got.Except(wanted))}]");
        }
    }
}

using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests;

/// <summary>The topics of a run and the ledgers of their partitions. Those that stay, and those that come and go under the same names.</summary>
internal sealed class Topics(Run run)
{
    public const string Steady = "steady";
    public const string Short = "short";
    public const string Keyed = "keyed";
    private const int PartitionCount = 3;

    private readonly Lock _gate = new();
    private readonly List<PartitionLedger> _ledgers = [];
    private readonly HashSet<Uuid> _gone = [];

    /// <summary>Makes those that stay: one that keeps everything, one that retention and DeleteRecords trim, one that is compacted.</summary>
    public async Task MakeAsync()
    {
        using var admin = await Connection.OpenAsync(run);
        Add(await CreateAsync(admin, Steady, PartitionCount, ("retention.ms", "-1"), ("segment.ms", "300")), Steady, 0, PartitionCount);
        Add(await CreateAsync(admin, Short, PartitionCount, ("retention.bytes", "200000"), ("segment.ms", "150"), ("file.delete.delay.ms", "100")), Short, 0, PartitionCount, isTrimmed: true);
        Add(await CreateAsync(admin, Keyed, PartitionCount, ("cleanup.policy", "compact"), ("segment.ms", "150"), ("min.cleanable.dirty.ratio", "0.01")), Keyed, 0, PartitionCount, isCompacted: true);
    }

    /// <summary>The id of a new topic, or null where the broker would not have it now.</summary>
    public async Task<Uuid?> CreateAsync(Connection connection, string name, int partitions, params (string Name, string Value)[] settings)
    {
        var request = new CreateTopicsRequest
        {
            timeoutMs = 30000,
            Topics = [new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1, Configs = [.. settings.Select(s => new CreateTopicsRequest.CreatableTopicConfig { Name = s.Name, Value = s.Value })] }],
        };
        var result = (await connection.CallAsync(request, 7)).Topics[0];
        run.Require(result.ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists || run.IsRestless, $"CreateTopics of {name}: {result.ErrorCode} {result.ErrorMessage}");
        return result.ErrorCode == ErrorCode.None ? result.TopicId : null;
    }

    public void Add(Uuid? topicId, string name, int first, int count, bool isTrimmed = false, bool isCompacted = false)
    {
        if (topicId is not { } id)
        {
            run.Fail($"{name} was not made");
            return;
        }

        lock (_gate)
        {
            _ledgers.AddRange(Enumerable.Range(first, count).Select(p => new PartitionLedger(run, id, $"{name}-{p}") { Partition = p, Topic = name, IsTrimmed = isTrimmed, IsCompacted = isCompacted }));
        }
    }

    public void Forget(Uuid topicId)
    {
        lock (_gate)
        {
            _ledgers.RemoveAll(l => l.TopicId == topicId);
        }
    }

    /// <summary>The deletion was answered: the topic never comes back.</summary>
    public void Gone(Uuid topicId)
    {
        lock (_gate)
        {
            _gone.Add(topicId);
        }
    }

    /// <summary>No topic whose deletion was answered is there.</summary>
    public async Task CheckGoneAsync()
    {
        HashSet<Uuid> gone;
        lock (_gate)
        {
            gone = [.. _gone];
        }

        try
        {
            using var connection = await Connection.OpenAsync(run);
            foreach (var topic in (await connection.CallAsync(new MetadataRequest { Topics = null }, 12)).Topics)
            {
                run.Require(!gone.Contains(topic.TopicId), $"{topic.Name} {topic.TopicId} was deleted and is back");
            }
        }
        catch (IOException)
        {
            // Not served now; the next life is asked again.
        }
    }

    /// <summary>True when the topic has not been deleted, as far as those who delete know.</summary>
    public bool Has(PartitionLedger ledger)
    {
        lock (_gate)
        {
            return _ledgers.Contains(ledger);
        }
    }

    public PartitionLedger Any(Random random, Func<PartitionLedger, bool>? which = null)
    {
        lock (_gate)
        {
            PartitionLedger[] some = which is null ? [.. _ledgers] : [.. _ledgers.Where(which)];
            return some[random.Next(some.Length)];
        }
    }

    public List<PartitionLedger> All()
    {
        lock (_gate)
        {
            return [.. _ledgers];
        }
    }

    /// <summary>Reads every partition from its beginning to its end and compares.</summary>
    public async Task CheckWholeAsync()
    {
        using var connection = await Connection.OpenAsync(run);
        foreach (var ledger in All())
        {
            List<(long, string)> log = [];
            var floor = ledger.StartFloor();
            var told = await StartAsync(connection, ledger);
            run.Require(told is null || told >= floor, $"{ledger.Name} begins at {told} and began at {floor} before");
            var start = told ?? 0;
            for (var next = start; ;)
            {
                var data = await FetchAsync(connection, ledger, next, 0, 1 << 20);
                if (ledger.IsTrimmed && data.ErrorCode == ErrorCode.OffsetOutOfRange)
                {
                    // Retention goes on.
                    start = next = await StartAsync(connection, ledger) ?? next;
                    log.Clear();
                    continue;
                }

                run.Require(data.ErrorCode == ErrorCode.None, $"{ledger.Name} cannot be read at {next}: {data.ErrorCode}");
                if (ledger.Look(next, data, 0, (value, offset) => log.Add((offset, value))) is not { } end || run.HasFailed)
                {
                    return;
                }

                if (end == next)
                {
                    run.Require(end == data.HighWatermark, $"{ledger.Name} reads to {end} and ends at {data.HighWatermark}");
                    ledger.CheckWhole(log, start, end);
                    break;
                }

                next = end;
            }
        }
    }

    /// <summary>The offset at which the partition begins; null where it cannot be asked now.</summary>
    public static async Task<long?> StartAsync(Connection connection, PartitionLedger ledger)
    {
        var request = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = ledger.Topic, Partitions = [new() { PartitionIndex = ledger.Partition, Timestamp = -2 }] }] };
        var told = (await connection.CallAsync(request, 7)).Topics[0].Partitions[0];
        return told.ErrorCode == ErrorCode.None ? told.Offset : null;
    }

    public static async Task<FetchResponse.PartitionData> FetchAsync(Connection connection, PartitionLedger ledger, long from, int waitMs, int bytesMax, int bytesMin = 1)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = waitMs,
            MinBytes = bytesMin,
            MaxBytes = 1 << 22,
            Topics = [new() { TopicId = ledger.TopicId, Partitions = [new() { Partition = ledger.Partition, FetchOffset = from, PartitionMaxBytes = bytesMax }] }],
        };
        var response = await connection.CallAsync(request, 13);
        return response.Responses.Count == 1 && response.Responses[0].Partitions.Count == 1
            ? response.Responses[0].Partitions[0]
            : new FetchResponse.PartitionData { ErrorCode = response.ErrorCode == ErrorCode.None ? ErrorCode.UnknownServerError : response.ErrorCode };
    }
}

using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>Everything that a broker gives to clients: topics, each partition's batches as they are stored, committed offsets of the groups.</summary>
internal sealed class WhatIsServed
{
    private const int FetchBytes = 1 << 20;

    /// <summary>The times that a coordinator that reads its partition is asked again.</summary>
    private const int PatienceMax = 2000;

    /// <summary>Id and count of partitions by name.</summary>
    public SortedDictionary<string, (Uuid Id, int Partitions)> Topics { get; } = new(StringComparer.Ordinal);

    public Dictionary<TopicPartition, ServedPartition> Partitions { get; } = [];

    /// <summary>Committed offsets by group and partition.</summary>
    public SortedDictionary<string, long> Offsets { get; } = new(StringComparer.Ordinal);

    /// <summary>Asks for everything.</summary>
    /// <param name="node">The broker.</param>
    /// <param name="known">What it was before damage: where a batch cannot be read, reading goes on at the next of these. Null at first.</param>
    /// <param name="groups">Groups to ask for beside those that are listed.</param>
    public static async Task<WhatIsServed> OfAsync(TestNode node, WhatIsServed? known, IEnumerable<string>? groups = null)
    {
        var served = new WhatIsServed();
        using var client = node.Connect();
        foreach (var topic in (await client.CallAsync(new MetadataRequest { Topics = null }, 12)).Topics)
        {
            served.Topics[topic.Name!] = (topic.TopicId, topic.Partitions.Count);
            foreach (var partition in topic.Partitions)
            {
                var name = new TopicPartition(topic.Name!, partition.PartitionIndex);
                served.Partitions[name] = await ReadAsync(client, name, known?.Partitions.GetValueOrDefault(name));
            }
        }

        foreach (var group in groups ?? [])
        {
            await served.ReadOffsetsAsync(client, group);
        }

        return served;
    }

    /// <summary>Finds where it differs from another; null where nothing does.</summary>
    public string? DifferenceTo(WhatIsServed other)
    {
        if (!Topics.SequenceEqual(other.Topics))
        {
            return $"topics {string.Join(' ', Topics)} were {string.Join(' ', other.Topics)}";
        }

        foreach (var (name, partition) in Partitions)
        {
            if (partition.DifferenceTo(other.Partitions[name]) is { } difference)
            {
                return $"{name}: {difference}";
            }
        }

        return Offsets.SequenceEqual(other.Offsets) ? null : $"commits {string.Join(' ', Offsets)} were {string.Join(' ', other.Offsets)}";
    }

    private static async Task<ServedPartition> ReadAsync(WireClient client, TopicPartition name, ServedPartition? known)
    {
        var read = new ServedPartition { Start = await OffsetAsync(client, name, -2), End = await OffsetAsync(client, name, -1) };
        for (var next = Math.Max(read.Start.Offset, 0); read.Start.Error == ErrorCode.None && next < read.End.Offset;)
        {
            var fetch = new FetchRequest { MaxBytes = FetchBytes, Topics = [new() { Topic = name.Topic, Partitions = [new() { Partition = name.Partition, FetchOffset = next, PartitionMaxBytes = FetchBytes }] }] };
            var data = (await client.CallAsync(fetch, 12)).Responses[0].Partitions[0];
            var end = read.Take(next, data);
            next = end > next ? end : known?.NextAfter(next) ?? read.End.Offset;
        }

        return read;
    }

    private static async Task<(ErrorCode Error, long Offset)> OffsetAsync(WireClient client, TopicPartition name, long timestamp)
    {
        var request = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = name.Topic, Partitions = [new() { PartitionIndex = name.Partition, Timestamp = timestamp }] }] };
        var told = (await client.CallAsync(request, 7)).Topics[0].Partitions[0];
        return (told.ErrorCode, told.Offset);
    }

    private async Task ReadOffsetsAsync(WireClient client, string group)
    {
        for (var tries = 0; ; tries++)
        {
            var told = (await client.CallAsync(new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = null }] }, 8)).Groups[0];
            if (told.ErrorCode is ErrorCode.CoordinatorLoadInProgress && tries < PatienceMax)
            {
                await Task.Delay(1);
                continue;
            }

            if (told.ErrorCode != ErrorCode.None)
            {
                Offsets[$"{group} error"] = (short)told.ErrorCode;
            }

            foreach (var topic in told.Topics)
            {
                foreach (var partition in topic.Partitions)
                {
                    Offsets[$"{group} {topic.Name}-{partition.PartitionIndex}"] = partition.CommittedOffset;
                }
            }

            return;
        }
    }
}

/// <summary>One partition as clients got it.</summary>
internal sealed class ServedPartition
{
    /// <summary>Whole batches with a right checksum by their base offset, as stored.</summary>
    public SortedDictionary<long, byte[]> Batches { get; } = [];

    public required (ErrorCode Error, long Offset) Start { get; init; }

    public required (ErrorCode Error, long Offset) End { get; init; }

    /// <summary>The offsets where reading stopped or failed, and how.</summary>
    public List<(long Offset, string How)> Stops { get; } = [];

    /// <summary>The base offset of the first batch behind an offset.</summary>
    public long? NextAfter(long offset)
    {
        foreach (var at in Batches.Keys)
        {
            if (at > offset)
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>Takes the batches of one fetch; the offset to go on from.</summary>
    public long Take(long from, FetchResponse.PartitionData data)
    {
        if (data.ErrorCode != ErrorCode.None)
        {
            Stops.Add((from, data.ErrorCode.ToString()));
            return from;
        }

        var next = from;
        var rest = data.Records is MemoryRecords memory ? memory.Span : default;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            if (!batch.IsCrcValid())
            {
                Stops.Add((next, "checksum"));
                return next;
            }

            if (batch.LastOffset >= next)
            {
                Batches.TryAdd(batch.BaseOffset, rest[..size].ToArray());
                next = batch.LastOffset + 1;
            }

            rest = rest[size..];
        }

        return next;
    }

    public string? DifferenceTo(ServedPartition other)
    {
        if (Start != other.Start || End != other.End)
        {
            return $"reaches from {Start} to {End} and did from {other.Start} to {other.End}";
        }

        foreach (var (at, bytes) in Batches)
        {
            if (!other.Batches.TryGetValue(at, out var before) || !before.AsSpan().SequenceEqual(bytes))
            {
                return $"the batch at {at} was another";
            }
        }

        return Batches.Count == other.Batches.Count ? null : $"{Batches.Count} batches were {other.Batches.Count}";
    }
}

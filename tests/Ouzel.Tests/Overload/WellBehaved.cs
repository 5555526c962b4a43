using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Tests.Overload;

/// <summary>A client that asks for little and reads its responses: it writes with acks=all, reads back, asks for metadata, and notes how long each round takes.</summary>
internal sealed class WellBehaved(string address, string topic)
{
    public const short ProduceVersion = 9;
    public const short FetchVersion = 11;
    public const short MetadataVersion = 9;

    private readonly List<TimeSpan> _rounds = [];
    private readonly List<(long Offset, string Value)> _acknowledged = [];

    public int Rounds => _rounds.Count;

    /// <summary>The time that each round took. Looked at when the client has stopped.</summary>
    public IReadOnlyList<TimeSpan> All => _rounds;

    public TimeSpan Slowest => _rounds.Count == 0 ? TimeSpan.MaxValue : _rounds.Max();

    public TimeSpan Median => _rounds.Order().ElementAt(_rounds.Count / 2);

    /// <summary>Rounds on a thread of its own until told to stop; the one under way is finished.</summary>
    public Task RunAsync(CancellationToken stop) => Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stop)
    {
        using var client = RawClient.OpenAsync(address).GetAwaiter().GetResult();
        do
        {
            var began = Stopwatch.GetTimestamp();
            var value = string.Create(CultureInfo.InvariantCulture, $"kept {_acknowledged.Count}");
            var produced = client.Call(Produce(topic, Batch(value), acks: -1), ProduceVersion);
            var partition = produced.Responses[0].PartitionResponses[0];
            Assert.Equal(ErrorCode.None, partition.ErrorCode);
            _acknowledged.Add((partition.BaseOffset, value));
            var fetched = client.Call(Fetch(topic, partition.BaseOffset, 4096), FetchVersion);
            Assert.Equal([value], Values(fetched));
            client.Call(new MetadataRequest { Topics = [new() { Name = topic }] }, MetadataVersion);
            _rounds.Add(Stopwatch.GetElapsedTime(began));
        }
        while (!stop.WaitHandle.WaitOne(20));
    }

    /// <summary>Everything that was acknowledged is where it was said to be.</summary>
    public async Task CheckAsync(string at)
    {
        using var client = await RawClient.OpenAsync(at);
        Assert.NotEmpty(_acknowledged);
        foreach (var (offset, value) in _acknowledged)
        {
            Assert.Equal([value], Values(await client.CallAsync(Fetch(topic, offset, 1), FetchVersion)));
        }
    }

    public static ProduceRequest Produce(string topic, byte[] batch, short acks, int partition = 0) => new()
    {
        Acks = acks,
        TimeoutMs = 30000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = new MemoryRecords(batch) }] }],
    };

    public static FetchRequest Fetch(string topic, long offset, int bytesMax, int waitMs = 0) => new()
    {
        ReplicaId = -1,
        MaxWaitMs = waitMs,
        MinBytes = 1,
        MaxBytes = bytesMax,
        SessionEpoch = -1,
        Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, FetchOffset = offset, PartitionMaxBytes = bytesMax, CurrentLeaderEpoch = -1, LogStartOffset = -1 }] }],
    };

    public static byte[] Batch(params string[] values) => Batch([.. values.Select(Encoding.UTF8.GetBytes)]);

    public static byte[] Batch(byte[][] values)
    {
        using var builder = new RecordBatchBuilder();
        foreach (var value in values)
        {
            builder.Append(1_700_000_000_000, null, value);
        }

        return builder.BuildArray();
    }

    private static List<string> Values(FetchResponse fetched)
    {
        var data = fetched.Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, data.ErrorCode);
        List<string> values = [];
        if (data.Records is MemoryRecords memory && RecordBatch.TryRead(memory.Span, out var batch, out _))
        {
            foreach (var record in batch.Records())
            {
                values.Add(Encoding.UTF8.GetString(record.Value));
            }
        }

        return values;
    }
}

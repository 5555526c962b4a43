using System.Buffers.Binary;
using System.Diagnostics;
using Ouzel.Load.Machine;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load;

/// <summary>The shape of what is timed.</summary>
/// <param name="RecordsPerSecond">One request each.</param>
/// <param name="RecordBytes">Of the value; the first eight hold the time.</param>
/// <param name="Acks">-1 (all) or 1.</param>
/// <param name="MinBytes">Of a fetch.</param>
/// <param name="MaxWaitMs">Of a fetch.</param>
internal sealed record LatencyShape(double RecordsPerSecond, int RecordBytes, short Acks, int MinBytes = 1, int MaxWaitMs = 500);

/// <summary>
/// From the producer to the consumer: records leave at planned times whatever the broker does, each carries its planned time, and a consumer that waits at the end of the
/// log takes the difference. A broker that stalls is charged for every record that was due meanwhile, not for the one it held up.
/// </summary>
internal sealed class LatencyRun(LoadOptions options, LatencyShape shape)
{
    private const int StampBytes = 8, FetchBytes = 1 << 20, LateSecondsMax = 10;
    private const double WarmSeconds = 0.5;
    private readonly Latencies _arrivals = new();
    private readonly Latencies _acknowledgements = new();
    private long _expected = long.MaxValue;
    private long _arrived;
    private long _begin;
    private Exception? _fault;

    /// <summary>The report on arrivals at the consumer; percentiles of acknowledgements by themselves.</summary>
    public async Task<(LoadReport Arrivals, Latencies Acknowledgements)> RunAsync(CancellationToken stop)
    {
        var target = (await Topics.TargetsAsync(options))[0];
        // What was awaited goes on where sockets are polled, and what follows blocks.
        return await Task.Factory.StartNew(() => Run(target, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private (LoadReport Arrivals, Latencies Acknowledgements) Run(LoadTarget target, CancellationToken stop)
    {
        using LoadConnection produce = LoadConnection.Open(target.Host, target.Port), consume = LoadConnection.Open(target.Host, target.Port);
        var fetch = ConsumeLoad.Request(target, new ConsumeShape(FetchBytes, shape.MinBytes, shape.MaxWaitMs));
        var end = End(consume, fetch);
        var count = (long)((options.Seconds + WarmSeconds) * shape.RecordsPerSecond);
        var sentAt = new System.Collections.Concurrent.ConcurrentQueue<long>();
        // Measuring begins after the warm-up; what was planned before does not count.
        var start = Stopwatch.GetTimestamp() + Nanoseconds(0.01);
        _begin = start + Nanoseconds(WarmSeconds);
        Interlocked.Exchange(ref _expected, count);
        CpuTime broker = ProcessFacts.Cpu(options.BrokerPid), client = ProcessFacts.Cpu(Environment.ProcessId);
        Thread[] threads =
        [
            Begin(() => Consume(consume, fetch, end)),
            Begin(() => Acknowledge(produce, sentAt, count)),
            Begin(() => Send(produce, target, sentAt, start, count, stop)),
        ];
        var longest = TimeSpan.FromSeconds(options.Seconds + WarmSeconds + LateSecondsMax);
        foreach (var thread in threads)
        {
            var left = longest - Stopwatch.GetElapsedTime(start);
            if (!thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                _fault ??= new LoadException($"{Interlocked.Read(ref _arrived)} of {count} records arrived within {longest.TotalSeconds:N0} s");
                produce.Shutdown();
                consume.Shutdown();
            }
        }

        if (_fault is not null)
        {
            throw new LoadException(_fault.Message);
        }

        var took = Stopwatch.GetElapsedTime(start);
        return (LoadReport.Of("latency", 2, count, count, count * shape.RecordBytes, _arrivals, took, options.BrokerPid != 0,
            ProcessFacts.Cpu(options.BrokerPid) - broker, ProcessFacts.Cpu(Environment.ProcessId) - client), _acknowledgements);
    }

    private Thread Begin(Action work)
    {
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception fault)
            {
                _fault ??= fault;
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>A batch of one record is the same bytes every time but for the stamp and the checksum over it.</summary>
    private void Send(LoadConnection connection, LoadTarget target, System.Collections.Concurrent.ConcurrentQueue<long> sentAt, long start, long count, CancellationToken stop)
    {
        var value = new byte[Math.Max(StampBytes, shape.RecordBytes)];
        value.AsSpan().Fill(0xA5);
        using var builder = new RecordBatchBuilder();
        builder.Append(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), null, value);
        var batch = builder.BuildArray();
        var frame = LoadConnection.Frame<ProduceRequest, ProduceResponse>(ProduceLoad.Request(target, batch, shape.Acks), ProduceLoad.Version);
        int batchAt = frame.AsSpan().IndexOf(batch), stampAt = batchAt + batch.AsSpan().IndexOf(value);
        const int CrcAt = 17, AttributesAt = 21;
        Native.AskForExactTimers();
        for (long number = 0; number < count && !stop.IsCancellationRequested; number++)
        {
            var planned = start + Nanoseconds(number / shape.RecordsPerSecond);
            if (planned > Stopwatch.GetTimestamp())
            {
                Native.SleepUntil(planned);
            }

            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(stampAt), planned);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(batchAt + CrcAt), Crc32C.Compute(frame.AsSpan(batchAt + AttributesAt, batch.Length - AttributesAt)));
            sentAt.Enqueue(planned);
            connection.Send(frame);
        }
    }

    private void Acknowledge(LoadConnection connection, System.Collections.Concurrent.ConcurrentQueue<long> sentAt, long count)
    {
        var response = new ProduceResponse();
        for (long number = 0; number < count; number++)
        {
            ProduceLoad.Check(connection.Receive(), response);
            if (sentAt.TryDequeue(out var planned) && planned >= _begin)
            {
                _acknowledgements.Add(Stopwatch.GetElapsedTime(planned));
            }
        }
    }

    private void Consume(LoadConnection connection, FetchRequest fetch, long offset)
    {
        var response = new FetchResponse();
        while (_arrived < Interlocked.Read(ref _expected))
        {
            fetch.Topics[0].Partitions[0].FetchOffset = offset;
            connection.Send(LoadConnection.Frame<FetchRequest, FetchResponse>(fetch, ConsumeLoad.Version));
            var bytes = ConsumeLoad.Read(connection.Receive(), response).Records.Span;
            var now = Stopwatch.GetTimestamp();
            while (RecordBatch.TryRead(bytes, out var batch, out var sizeBytes))
            {
                foreach (var record in batch.Records())
                {
                    var planned = BinaryPrimitives.ReadInt64LittleEndian(record.Value);
                    Interlocked.Increment(ref _arrived);
                    if (planned >= _begin)
                    {
                        _arrivals.Add(Stopwatch.GetElapsedTime(planned, now));
                    }
                }

                offset = batch.NextOffset;
                bytes = bytes[sizeBytes..];
            }
        }
    }

    private static long End(LoadConnection connection, FetchRequest fetch)
    {
        var maxWait = fetch.MaxWaitMs;
        fetch.MaxWaitMs = 0;
        connection.Send(LoadConnection.Frame<FetchRequest, FetchResponse>(fetch, ConsumeLoad.Version));
        fetch.MaxWaitMs = maxWait;
        return ConsumeLoad.Read(connection.Receive(), new FetchResponse()).HighWatermark;
    }

    private static long Nanoseconds(double seconds) => (long)(seconds * Stopwatch.Frequency);
}

// A report without a host: reads orders in batches, counts them, commits each batch when it is saved. Ends with Ctrl+C.
//   dotnet run --project samples/Report -- localhost:9092
using System.Runtime.InteropServices;
using Ouzel.Client;

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    await Report.RunAsync(args is [var address] ? address : "localhost:9092", stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("the report ends");
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

internal static class Report
{
    private static long _orders;

    // <report>
    public static async Task RunAsync(string address, CancellationToken cancellation)
    {
        await using var client = await OuzelClient.ConnectAsync(address, cancellation);
        await using var consumer = client.CreateConsumer<string, string>("report", ["orders"], new ConsumerOptions { AutoCommit = false, OffsetReset = StartPosition.Earliest });
        await foreach (var batch in consumer.ReadBatchesAsync(maxRecords: 500, cancellation))
        {
            Save(batch.Records);
            await batch.CommitAsync(cancellation);
        }
    }
    // </report>

    private static void Save(ConsumerRecords<string, string> records)
    {
        foreach (var record in records)
        {
            _orders++;
            Console.WriteLine($"{_orders}. {record.Key}: {record.Value}");
        }
    }
}

// What a broker inside a test costs: the first of a process, the next ones, a hundred at one time. CPU time is the figure to trust where others use the machine; docs/performance.md keeps both.
using System.Diagnostics;
using System.Runtime;
using Ouzel.Testing;

var process = Process.GetCurrentProcess();
Console.WriteLine($"to Main              {(DateTime.Now - process.StartTime).TotalMilliseconds,8:F1} ms, CPU {process.TotalProcessorTime.TotalMilliseconds,7:F1} ms");

var before = Now();
var first = await StartAsync();
Tell("first broker", 1, before);
Console.WriteLine($"  methods compiled   {JitInfo.GetCompiledMethodCount(),8}");
before = Now();
await first.StopAsync();
Tell("its stop", 1, before);

const int Turns = 50;
List<double> starts = [], stops = [];
before = Now();
for (var i = 0; i < Turns; i++)
{
    var began = Stopwatch.GetTimestamp();
    var next = await StartAsync();
    starts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    began = Stopwatch.GetTimestamp();
    await next.StopAsync();
    stops.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
}

Tell("next start and stop", Turns, before);
Console.WriteLine($"  start, median      {Median(starts),8:F1} ms, least {starts.Min():F1} ms");
Console.WriteLine($"  stop, median       {Median(stops),8:F1} ms, least {stops.Min():F1} ms");

const int Many = 100;
process.Refresh();
var (bytesBefore, threadsBefore) = (process.WorkingSet64, process.Threads.Count);
before = Now();
List<OuzelTestBroker> many = [];
for (var i = 0; i < Many; i++)
{
    many.Add(await StartAsync());
}

Tell("one of a hundred", Many, before);
process.Refresh();
Console.WriteLine($"  a hundred          {process.WorkingSet64 / 1048576,8} MiB resident, {(process.WorkingSet64 - bytesBefore) / 1048576} MiB and {process.Threads.Count - threadsBefore} threads more than before");
before = Now();
foreach (var broker in many)
{
    await broker.DisposeAsync();
}

Tell("stop of one", Many, before);

static Task<OuzelTestBroker> StartAsync() => OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 6));

(long Timestamp, TimeSpan Cpu) Now()
{
    process.Refresh();
    return (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
}

void Tell(string what, int count, (long Timestamp, TimeSpan Cpu) since)
{
    var elapsed = Stopwatch.GetElapsedTime(since.Timestamp).TotalMilliseconds / count;
    Console.WriteLine($"{what,-20} {elapsed,8:F1} ms, CPU {(Now().Cpu - since.Cpu).TotalMilliseconds / count,7:F1} ms");
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

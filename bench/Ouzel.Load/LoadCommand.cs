using System.CommandLine;
using Ouzel.Load.Machine;
using Ouzel.Load.Suite;
using Ouzel.Protocol.Records;

namespace Ouzel.Load;

/// <summary>The verbs and their options. Load works against any broker that speaks Kafka's protocol.</summary>
internal static class LoadCommand
{
    private static readonly Option<string> Address = new("--address", "-b") { Description = "host:port of a broker", DefaultValueFactory = _ => "localhost:9092" };
    private static readonly Option<string> Topic = new("--topic", "-t") { Description = "Topic; created unless it exists", DefaultValueFactory = _ => "load" };
    private static readonly Option<int> Partitions = new("--partitions") { Description = "Partitions of the topic", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Connections = new("--connections", "-c") { Description = "Connections, spread over the partitions", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Consumers = new("--consumers") { Description = "Connections that consume, beside --connections that produce", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Stop after this time", DefaultValueFactory = _ => 10 };
    private static readonly Option<long> Bytes = new("--bytes") { Description = "Stop after so many bytes of batches; 0 is no limit" };
    private static readonly Option<int> BrokerPid = new("--broker-pid") { Description = "Process of the broker, to report its CPU and memory" };
    private static readonly Option<bool> Bare = new("--bare") { Description = "The server is a bare loop: no topic is made or looked for" };
    private static readonly Option<bool> Json = new("--json") { Description = "Print a line of JSON per load instead of text", Recursive = true };
    private static readonly Option<int> RecordBytes = new("--record-bytes") { Description = "Size of a record's value", DefaultValueFactory = _ => 1024 };
    private static readonly Option<int> BatchBytes = new("--batch-bytes") { Description = "Size of a batch before compression; 1 makes batches of one record", DefaultValueFactory = _ => 65536 };
    private static readonly Option<int> InFlight = new("--in-flight") { Description = "Requests of a connection that wait for an answer", DefaultValueFactory = _ => 5 };
    private static readonly Option<int> Acks = new("--acks") { Description = "-1 (all), 0 or 1", DefaultValueFactory = _ => -1 };
    private static readonly Option<string> Codec = new("--codec") { Description = "none, gzip, snappy, lz4 or zstd", DefaultValueFactory = _ => "none" };
    private static readonly Option<double> Rate = new("--rate") { Description = "Records per second, all connections together; 0 is as fast as they are acknowledged" };
    private static readonly Option<int> FetchBytes = new("--fetch-bytes") { Description = "Most bytes of one answer", DefaultValueFactory = _ => 1 << 20 };
    private static readonly Option<int> MinBytes = new("--min-bytes") { Description = "A fetch waits for so many", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> MaxWait = new("--max-wait") { Description = "But no longer than this, ms", DefaultValueFactory = _ => 500 };
    private static readonly Option<bool> Speaks = new("--speak") { Description = "Each connection asks for ApiVersions and Metadata first" };
    private static readonly Option<string> Files = new("--directory", "-d") { Description = "Where files are written: that disk is what is measured", DefaultValueFactory = _ => Path.GetTempPath() };
    private static readonly Option<int> Port = new("--port") { Description = "Of the loopback; 0 takes any free one" };
    private static readonly Option<string?> ReadyFile = new("--ready-file") { Description = "File that holds host:port while requests are served" };
    private static readonly Option<long> Reserve = new("--preallocate") { Description = "Bytes to reserve ahead of the file's end; 0 for none" };
    private static readonly Option<int> BufferBytes = new("--buffer-bytes") { Description = "Of one receive", DefaultValueFactory = _ => 256 << 10 };
    private static readonly Option<bool> Stream = new("--stream") { Description = "Write what each receive brought, whole frame or not" };
    private static readonly Option<long> FileBytes = new("--file-bytes") { Description = "Of the file that is served", DefaultValueFactory = _ => 1 << 30 };

    private static readonly Option<string?> ServedFile = new("--file") { Description = "Serve this file of batches, for instance a broker's log, instead of making one" };
    private static readonly Option<string[]> Against = new("--against") { Description = "Two contenders: an executable of the broker, or host:port, or host:port@pid", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<double> RowSeconds = new("--seconds") { Description = "Of each repetition of a row", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> Count = new("--count") { Description = "Repetitions; medians are taken of them", DefaultValueFactory = _ => 5 };
    private static readonly Option<string[]> Only = new("--only") { Description = "Rows and parts to run, by their ids", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Broker = new("--broker") { Description = "Executable of the broker", Required = true };
    private static readonly Option<string?> Published = new("--published") { Description = "The program that eng/publish made, for the rows about its size, its start and idling" };
    private static readonly Option<string?> Librdkafka = new("--librdkafka") { Description = "The producer made of bench/librdkafka" };
    private static readonly Option<string[]> Set = new("--set") { Description = "A setting for every broker; may be repeated" };

    public static RootCommand Build() => new("Load against any broker that speaks Kafka's protocol, and what the machine itself can do")
    {
        Json,
        Loads("produce", "Writes batches as fast as they are acknowledged, or at a rate", [RecordBytes, BatchBytes, InFlight, Acks, Codec, Rate], (parsed, options, stop) => LoadAsync(parsed, options, stop, (Produce(parsed), options.Connections))),
        Loads("consume", "Reads from the beginning, and again from the beginning when it comes to the end", [FetchBytes, MinBytes, MaxWait], (parsed, options, stop) =>
            LoadAsync(parsed, options, stop, (new ConsumeLoad(Consume(parsed, isTail: false)), options.Connections))),
        Loads("mixed", "Produces and consumes at once; the CPU in both lines is that of the whole", [RecordBytes, BatchBytes, InFlight, Acks, Codec, Rate, FetchBytes, MinBytes, MaxWait, Consumers], (parsed, options, stop) =>
            LoadAsync(parsed, options, stop, (Produce(parsed), options.Connections), (new ConsumeLoad(Consume(parsed, isTail: true)), parsed.GetValue(Consumers)))),
        Loads("latency", "From producer to consumer at a fixed rate (1,000 records/s unless told)", [RecordBytes, Acks, Rate, MinBytes, MaxWait], LatencyAsync),
        Loads("idle", "Opens connections and leaves them open: the broker's memory for each", [Speaks], async (parsed, options, _) => Console.WriteLine((await IdleRun.RunAsync(options, parsed.GetValue(Speaks))).ToText())),
        Suite(), Compare(),
        Machine("limits", "The machine's own: loopback, page cache, disk", [Seconds, Files], parsed =>
            Console.WriteLine(MachineLimits.Table(MachineLimits.Measure(parsed.GetValue(Files)!, parsed.GetValue(Seconds))))),
        Machine("fsync", "The disk's own: fdatasync of appends to a file whose room is reserved", [Seconds, Files], parsed =>
            Console.WriteLine(MachineLimits.Table(((int[])[4 << 10, 64 << 10]).Select(b => MachineLimits.Sync(parsed.GetValue(Files)!, b, parsed.GetValue(Seconds)))))),
        Machine("bare-produce", "A server that appends the frames it receives to a file and does nothing else", [Port, ReadyFile, Files, Reserve, BufferBytes, Stream], parsed =>
        {
            Native.RaiseDescriptorLimit();
            new BareProduce(new BareProduceShape(parsed.GetValue(Files)!, parsed.GetValue(Reserve), parsed.GetValue(BufferBytes), parsed.GetValue(Stream)))
                .Run(BareServer.Listen(parsed.GetValue(Port), parsed.GetValue(ReadyFile)));
        }),
        Machine("bare-sendfile", "A server that answers every frame with a stretch of a file and does nothing else", [Port, ReadyFile, Files, FileBytes, ServedFile, FetchBytes, RecordBytes, BatchBytes], parsed =>
            new BareSendFile(new BareSendFileShape(parsed.GetValue(Files)!, parsed.GetValue(FileBytes), parsed.GetValue(FetchBytes), new ProduceShape(parsed.GetValue(RecordBytes), parsed.GetValue(BatchBytes)), parsed.GetValue(ServedFile)))
                .Run(() => BareServer.Listen(parsed.GetValue(Port), parsed.GetValue(ReadyFile)))),
    };

    private static Command Suite()
    {
        var command = new Command("suite", "The whole table with its verdict; bench/run calls it") { RowSeconds, Count, Only, Files, Broker, Published, Librdkafka, Set };
        command.SetAction((parsed, stop) => GuardedAsync(() => new SuiteRun(new SuiteOptions(
            parsed.GetValue(RowSeconds), parsed.GetValue(Count), parsed.GetValue(Only) ?? [], parsed.GetValue(Files)!, parsed.GetValue(Broker)!, parsed.GetValue(Published),
            parsed.GetValue(Librdkafka), parsed.GetValue(Set) ?? [])).RunAsync(stop)));
        return command;
    }

    private static Command Compare()
    {
        var command = new Command("compare", "Two brokers in turns; bench/compare calls it") { Against, RowSeconds, Count, Only, Files, Set };
        command.SetAction((parsed, stop) => GuardedAsync(() => new CompareRun(new SuiteOptions(
            parsed.GetValue(RowSeconds), parsed.GetValue(Count), parsed.GetValue(Only) ?? [], parsed.GetValue(Files)!, "", null, null, parsed.GetValue(Set) ?? []),
            parsed.GetValue(Against)!).RunAsync(stop)));
        return command;
    }

    private static Command Loads(string name, string description, Option[] own, Func<ParseResult, LoadOptions, CancellationToken, Task> run)
    {
        var command = new Command(name, description) { Address, Topic, Partitions, Connections, Seconds, Bytes, BrokerPid, Bare };
        Array.ForEach(own, command.Options.Add);
        command.SetAction((parsed, stop) => GuardedAsync(() => run(parsed, Common(parsed), stop)));
        return command;
    }

    private static Command Machine(string name, string description, Option[] own, Action<ParseResult> run)
    {
        var command = new Command(name, description);
        Array.ForEach(own, command.Options.Add);
        command.SetAction((parsed, stop) => GuardedAsync(() => Task.Factory.StartNew(() => run(parsed), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(stop)));
        return command;
    }

    private static async Task LoadAsync(ParseResult parsed, LoadOptions options, CancellationToken stop, params (ILoad, int)[] loads)
    {
        foreach (var report in await LoadRun.RunAsync(options, [.. loads], stop))
        {
            Console.WriteLine(parsed.GetValue(Json) ? report.ToJson() : report.ToText());
        }
    }

    private static async Task LatencyAsync(ParseResult parsed, LoadOptions options, CancellationToken stop)
    {
        var rate = parsed.GetValue(Rate) is > 0 and var told ? told : 1000;
        var shape = new LatencyShape(rate, parsed.GetValue(RecordBytes), (short)parsed.GetValue(Acks), parsed.GetValue(MinBytes), parsed.GetValue(MaxWait));
        var (report, acknowledgements) = await new LatencyRun(options, shape).RunAsync(stop);
        Console.WriteLine(parsed.GetValue(Json)
            ? report.ToJson()
            : $"{report.ToText()}\nacknowledged p50 {acknowledgements.PercentileMs(0.5):N2} ms, p99 {acknowledgements.PercentileMs(0.99):N2} ms, max {acknowledgements.MaxMs:N2} ms");
    }

    private static ProduceLoad Produce(ParseResult parsed) => new(
        new ProduceShape(parsed.GetValue(RecordBytes), parsed.GetValue(BatchBytes), parsed.GetValue(InFlight), (short)parsed.GetValue(Acks), Enum.Parse<CompressionCodec>(parsed.GetValue(Codec)!, ignoreCase: true)),
        parsed.GetValue(Rate), parsed.GetValue(Connections));

    private static ConsumeShape Consume(ParseResult parsed, bool isTail) => new(parsed.GetValue(FetchBytes), parsed.GetValue(MinBytes), parsed.GetValue(MaxWait), isTail);

    private static LoadOptions Common(ParseResult parsed) => new(
        parsed.GetValue(Address)!, parsed.GetValue(Topic)!, parsed.GetValue(Partitions), parsed.GetValue(Connections), parsed.GetValue(Seconds), parsed.GetValue(Bytes),
        parsed.GetValue(BrokerPid), parsed.GetValue(Bare));

    private static async Task<int> GuardedAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130; // interrupted
        }
        catch (Exception fault) when (fault is LoadException or IOException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"load: {fault.Message}");
            return 1;
        }
    }
}

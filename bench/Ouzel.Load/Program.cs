using System.CommandLine;
using Ouzel.Load;
using Ouzel.Protocol.Records;

// Load against any broker that speaks Kafka's protocol: frames are prepared before the clock starts, so the cost measured is the broker's and the network's.
var address = new Option<string>("--address", "-b") { Description = "host:port of a broker", DefaultValueFactory = _ => "localhost:9092", Recursive = true };
var topic = new Option<string>("--topic", "-t") { Description = "Topic; created unless it exists", DefaultValueFactory = _ => "load", Recursive = true };
var partitions = new Option<int>("--partitions") { Description = "Partitions of the topic", DefaultValueFactory = _ => 1, Recursive = true };
var connections = new Option<int>("--connections", "-c") { Description = "Connections, spread over the partitions", DefaultValueFactory = _ => 1, Recursive = true };
var seconds = new Option<double>("--seconds") { Description = "Stop after this time", DefaultValueFactory = _ => 10, Recursive = true };
var bytes = new Option<long>("--bytes") { Description = "Stop after so many bytes of batches; 0 is no limit", Recursive = true };
var brokerPid = new Option<int>("--broker-pid") { Description = "Process of the broker, to report its CPU seconds per GB", Recursive = true };
var json = new Option<bool>("--json") { Description = "Print one line of JSON instead of text", Recursive = true };
var recordBytes = new Option<int>("--record-bytes") { Description = "Size of a record's value", DefaultValueFactory = _ => 1024 };
var batchBytes = new Option<int>("--batch-bytes") { Description = "Size of a batch before compression", DefaultValueFactory = _ => 65536 };
var inFlight = new Option<int>("--in-flight") { Description = "Requests of a connection that wait for an answer", DefaultValueFactory = _ => 5 };
var acks = new Option<int>("--acks") { Description = "-1 (all), 0 or 1", DefaultValueFactory = _ => -1 };
var codec = new Option<string>("--codec") { Description = "none, gzip, snappy, lz4 or zstd", DefaultValueFactory = _ => "none" };
var fetchBytes = new Option<int>("--fetch-bytes") { Description = "Most bytes of one answer", DefaultValueFactory = _ => 1 << 20 };

var produce = new Command("produce", "Writes batches as fast as they are acknowledged") { recordBytes, batchBytes, inFlight, acks, codec };
produce.SetAction((parsed, stop) => RunAsync(Common(parsed), new ProduceLoad(new ProduceShape(
    parsed.GetValue(recordBytes), parsed.GetValue(batchBytes), parsed.GetValue(inFlight), (short)parsed.GetValue(acks), Enum.Parse<CompressionCodec>(parsed.GetValue(codec)!, ignoreCase: true))), stop));
var consume = new Command("consume", "Reads from the beginning, and again from the beginning when it comes to the end") { fetchBytes };
consume.SetAction((parsed, stop) => RunAsync(Common(parsed), new ConsumeLoad(parsed.GetValue(fetchBytes)), stop));

var root = new RootCommand("Load against any broker that speaks Kafka's protocol")
{
    produce, consume, address, topic, partitions, connections, seconds, bytes, brokerPid, json,
};
return await root.Parse(args).InvokeAsync();

LoadOptions Common(ParseResult parsed) => new(
    parsed.GetValue(address)!, parsed.GetValue(topic)!, parsed.GetValue(partitions), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(bytes),
    parsed.GetValue(brokerPid), parsed.GetValue(json));

static async Task<int> RunAsync(LoadOptions options, ILoad load, CancellationToken stop)
{
    try
    {
        LoadReport report = await LoadRun.RunAsync(options, load, stop);
        Console.WriteLine(options.Json ? report.ToJson() : report.ToText());
        return 0;
    }
    catch (Exception fault) when (fault is LoadException or IOException or System.Net.Sockets.SocketException)
    {
        await Console.Error.WriteLineAsync($"load: {fault.Message}");
        return 1;
    }
}

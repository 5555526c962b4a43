using System.Diagnostics;

namespace Ouzel.Interop.Tests;

/// <summary>A client library behind the three commands of clients/README.md.</summary>
internal sealed record ForeignClient(string Name, string File, string[] Arguments, string[] Codecs)
{
    private static readonly Lazy<string> GoFolder = new(() => Checkout.TemporaryFolder("go"));
    private static readonly Lock GoBuild = new();

    public static readonly ForeignClient Kcat = new("kcat", Script("kcat", "kcat.sh"), [], ["none", "gzip", "snappy", "lz4", "zstd"]) { LeavesBySignal = true };
    public static readonly ForeignClient Confluent = Python("confluent", "none", "gzip", "snappy", "lz4", "zstd");

    /// <summary>The same library with incremental cooperative rebalancing (KIP-429).</summary>
    public static readonly ForeignClient ConfluentCooperative = Confluent with { Name = "confluent-cooperative", Cooperative = true, Codecs = ["none"] };
    public static readonly ForeignClient KafkaPython = Python("kafkapython", "none", "gzip", "snappy", "lz4", "zstd");
    public static readonly ForeignClient KafkaJs = Node("kafkajs", "kafkajs.js", "none", "gzip");
    public static readonly ForeignClient Platformatic = Node("platformatic", "platformatic.mjs", "none", "gzip", "snappy", "lz4");
    /// <summary>Its zstd goes out in Produce 3, which brokers since 2.1 refuse (UNSUPPORTED_COMPRESSION_TYPE, KIP-110): not a codec it has.</summary>
    public static readonly ForeignClient Sarama = Go("sarama", "none", "gzip", "snappy", "lz4");
    public static readonly ForeignClient KafkaGo = Go("kafkago", "none", "gzip", "snappy", "lz4");

    /// <summary>The protocol of 0.10: message format 1. No zstd in it.</summary>
    public static readonly ForeignClient SaramaOld = Sarama with
    {
        Name = "sarama-0.10",
        Codecs = ["none", "gzip", "snappy", "lz4"],
        Environment = new Dictionary<string, string> { ["SARAMA_VERSION"] = "0.10.2.0" },
    };

    /// <summary>The protocol of 0.9: message format 0, no timestamps.</summary>
    public static readonly ForeignClient SaramaOldest = Sarama with
    {
        Name = "sarama-0.9",
        Codecs = ["none", "gzip", "snappy"],
        Environment = new Dictionary<string, string> { ["SARAMA_VERSION"] = "0.9.0.1" },
    };

    public static readonly ForeignClient[] All = [Kcat, Confluent, ConfluentCooperative, KafkaPython, KafkaJs, Platformatic, Sarama, SaramaOld, SaramaOldest, KafkaGo];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A member leaves on SIGTERM instead of the end of its input.</summary>
    public bool LeavesBySignal { get; init; }

    /// <summary>Assignments are changes to what a member has, not the whole of it.</summary>
    public bool Cooperative { get; init; }

    public ForeignProgram Start(string command, params string[] arguments)
    {
        if (File.StartsWith(GoPrefix, StringComparison.Ordinal))
        {
            return ForeignProgram.Start(Name, BuildGo(File[GoPrefix.Length..]), [command, .. arguments], Environment, leavesBySignal: LeavesBySignal);
        }

        return ForeignProgram.Start(Name, File, [.. Arguments, command, .. arguments], Environment, leavesBySignal: LeavesBySignal);
    }

    /// <summary>Writes records with the numbers from <paramref name="first"/> on; returns when all are acknowledged.</summary>
    public async Task ProduceAsync(string address, string topic, string codec, int first, int count)
    {
        await using var program = Start("produce", address, topic, codec, $"{first}", $"{count}");
        var lines = await program.FinishAsync();
        Assert.True(lines.Any(l => l.Acknowledged == count), $"{Name} was not acknowledged\n{program.Said()}");
    }

    /// <summary>Reads <paramref name="count"/> records from "beginning" or a time in ms.</summary>
    public async Task<List<Line>> ConsumeAsync(string address, string topic, string from, int count)
    {
        await using var program = Start("consume", address, topic, from, $"{count}");
        return [.. (await program.FinishAsync()).Where(l => l.Value is not null)];
    }

    public override string ToString() => Name;

    private const string GoPrefix = "go:";

    private static string Script(string folder, string file) => Path.Combine(Checkout.Clients, folder, file);

    private static ForeignClient Python(string name, params string[] codecs) => new(name, "/usr/bin/python3", ["-B", Script("python", name + ".py")], codecs);

    private static ForeignClient Node(string name, string file, params string[] codecs) => new(name, "node", [Script("node", file)], codecs);

    private static ForeignClient Go(string name, params string[] codecs) => new(name, GoPrefix + name, [], codecs);

    /// <summary>Builds once per run, in the mode that finds Debian's library packages.</summary>
    private static string BuildGo(string name)
    {
        lock (GoBuild)
        {
            var program = Path.Combine(GoFolder.Value, name);
            if (!System.IO.File.Exists(program))
            {
                var start = new ProcessStartInfo("go") { WorkingDirectory = Script("go", name), RedirectStandardError = true };
                foreach (var argument in (string[])["build", "-o", program, "."])
                {
                    start.ArgumentList.Add(argument);
                }

                start.Environment["GO111MODULE"] = "off";
                start.Environment["GOPATH"] = "/usr/share/gocode";
                start.Environment["GOFLAGS"] = "";
                using var build = Process.Start(start)!;
                var said = build.StandardError.ReadToEnd();
                build.WaitForExit();
                Assert.True(build.ExitCode == 0, $"go build of {name} failed\n{said}");
            }

            return program;
        }
    }
}

using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>A log directory that Kafka wrote, and the broker that is started on it.</summary>
internal sealed class GoldenCase
{
    private readonly string _folder;

    public GoldenCase(string name)
    {
        _folder = Path.Combine(CheckoutTree.Golden, "log", name);
        Expected = JsonDocument.Parse(File.ReadAllText(_folder + "/expected.json")).RootElement;
    }

    public static IEnumerable<string> Names => Directory.GetDirectories(Path.Combine(CheckoutTree.Golden, "log")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public JsonElement Expected { get; }

    /// <summary>The version of Kafka that wrote and served the case.</summary>
    public string Kafka => Expected.TryGetProperty("kafka", out var version) ? version.GetString()! : "4.2.1";

    /// <summary>Starts that have to be refused. What only an older Kafka refuses, because it does not know the level, is opened here.</summary>
    public IEnumerable<string[]> Refused => !Expected.TryGetProperty("refused", out var refused)
        ? []
        : refused.EnumerateArray().Where(r => r.GetProperty("by").ValueKind == JsonValueKind.Null || r.GetProperty("by").GetString() == Kafka)
            .Select(r => r.GetProperty("settings").EnumerateArray().Select(s => s.GetString()!).ToArray());

    /// <summary>True when a refusal leaves every file but the lock as it was.</summary>
    public bool Untouched => Expected.TryGetProperty("untouched", out var untouched) && untouched.GetBoolean();

    /// <summary>Topics with their ids and settings.</summary>
    public IEnumerable<JsonProperty> Topics => Expected.GetProperty("topics").EnumerateObject();

    /// <summary>The partitions as clients saw them; those led by a broker that is not part of the case are left out.</summary>
    public IEnumerable<(TopicPartition Partition, JsonElement Seen)> Partitions
        => Expected.GetProperty("partitions").EnumerateObject().Where(p => !p.Value.TryGetProperty("leader", out _)).Select(p => (PartitionOf(p.Name), p.Value));

    public IEnumerable<JsonProperty> Groups => Expected.GetProperty("groups") is { ValueKind: JsonValueKind.Object } groups ? groups.EnumerateObject() : [];

    /// <summary>A disk with the case's folders.</summary>
    public MemoryDisk CopyToDisk(FakeTimeProvider clock)
    {
        var disk = new MemoryDisk(clock);
        foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "expected.json"))
        {
            var target = "/" + Path.GetRelativePath(_folder, file);
            CreateDirectories(disk, Path.GetDirectoryName(target)!);
            disk.ReplaceFile(target, File.ReadAllBytes(file));
        }

        return disk;
    }

    /// <summary>A clock that stands where Kafka read the case back.</summary>
    public FakeTimeProvider ClockAtReadBack()
    {
        var clock = FakeTime.New();
        clock.AdvanceMs(Expected.GetProperty("now").GetInt64() - clock.GetUtcNow().ToUnixTimeMilliseconds());
        return clock;
    }

    public Task<TestNode> StartAsync(Disk disk, FakeTimeProvider clock, ILoggerFactory? loggers = null) => TestNode.StartAsync(disk, clock, Settings(OwnSettings), loggers);

    /// <summary>The settings of a start on the case.</summary>
    public (string Name, string Value)[] AllSettings => Settings(OwnSettings);

    /// <summary>A start with other settings in place of the case's own.</summary>
    public Task<TestNode> StartAsync(Disk disk, FakeTimeProvider clock, string[] settings) => TestNode.StartAsync(disk, clock, Settings(settings));

    public static TopicPartition PartitionOf(string name)
    {
        var cut = name.LastIndexOf('-');
        return new TopicPartition(name[..cut], int.Parse(name[(cut + 1)..]));
    }

    private IEnumerable<string> OwnSettings => Expected.GetProperty("settings").EnumerateArray().Select(s => s.GetString()!)
        .Where(s => s.Split('=')[0].All(c => char.IsAsciiLetterLower(c) || c == '.') && s.Contains('='))
        .Where(s => StartRules.Problem(s.Split('=')[0], s[(s.IndexOf('=') + 1)..]) is null); // what a start refuses because it is not there yet

    /// <summary>The common settings and the case's own; notes about what was done to its files stand among them.</summary>
    private (string Name, string Value)[] Settings(IEnumerable<string> own)
    {
        var common = File.ReadAllText(Path.Combine(CheckoutTree.Conformance, "broker.properties")).Split('\n').Where(l => l.Length > 0 && l[0] != '#');
        var settings = new Dictionary<string, string> { ["log.cleaner.enable"] = "false" };
        // One was recorded with access rules and tokens; a start that asks for them is refused here.
        foreach (var line in common.Concat(own).Where(l => l.Split('=')[0] is not ("authorizer.class.name" or "delegation.token.secret.key")))
        {
            settings[line.Split('=')[0]] = line[(line.IndexOf('=') + 1)..];
        }

        foreach (var name in new[] { "log.dirs", "metadata.log.dir" })
        {
            if (settings.TryGetValue(name, out var directories))
            {
                settings[name] = string.Join(',', directories.Split(',').Select(d => "/" + d));
            }
        }

        return [.. settings.Select(s => (s.Key, s.Value))];
    }

    private static void CreateDirectories(Disk disk, string path)
    {
        if (path == "/" || disk.Exists(path))
        {
            return;
        }

        CreateDirectories(disk, Path.GetDirectoryName(path)!);
        disk.CreateDirectory(path);
    }
}

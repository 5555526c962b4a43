using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Support;

/// <summary>The log directories that Apache Kafka wrote.</summary>
internal sealed class Golden
{
    private Golden(string path)
    {
        DirectoryPath = path;
        Expected = JsonDocument.Parse(File.ReadAllText(path + "/expected.json")).RootElement;
    }

    public string DirectoryPath { get; }
    public JsonElement Expected { get; }
    public long NowMs => Expected.GetProperty("now").GetInt64();

    public static IEnumerable<string> Cases => Directory.GetDirectories(Root).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    private static string Root => Path.Combine(CheckoutTree.Golden, "log");

    public static Golden Open(string name) => new(Path.Combine(Root, name));

    /// <summary>The case's data folders, copied onto a disk under /NAME.</summary>
    public List<string> CopyTo(Disk disk)
    {
        var paths = new List<string>();
        foreach (var data in Directory.GetDirectories(DirectoryPath, "data*").Order(StringComparer.Ordinal))
        {
            var target = "/" + Path.GetFileName(data);
            paths.Add(target);
            Copy(data, disk, target);
        }

        if (Directory.Exists(DirectoryPath + "/meta"))
        {
            Copy(DirectoryPath + "/meta", disk, "/meta"); // metadata.log.dir: not one of log.dirs
        }

        return paths;
    }

    private static void Copy(string data, Disk disk, string target)
    {
        disk.CreateDirectory(target);
        foreach (var directory in Directory.GetDirectories(data))
        {
            disk.CreateDirectory(target + "/" + Path.GetFileName(directory));
        }

        foreach (var file in Directory.GetFiles(data, "*", SearchOption.AllDirectories))
        {
            disk.ReplaceFile(target + "/" + Path.GetRelativePath(data, file), File.ReadAllBytes(file));
        }
    }

    /// <summary>True when every data folder holds the clean-stop marker.</summary>
    public bool WasStoppedCleanly => Directory.GetDirectories(DirectoryPath, "data*").All(d => File.Exists(d + "/.kafka_cleanshutdown"));

    /// <summary>Opens the folders that <see cref="CopyTo"/> made, at the case's time.</summary>
    public LogDirectories OpenLogs(Disk disk, List<string> paths)
    {
        var identity = MetaProperties.Read(disk, paths[0])!;
        var options = new StorageOptions { Directories = paths, ClusterId = identity.ClusterId, NodeId = identity.NodeId, LogOptionsOf = OptionsOf };
        return LogDirectories.Open(disk, options, new Random(1), _ => new InlineWork(), NullLogger.Instance, NowMs);
    }

    /// <summary>The partitions' folders after <see cref="CopyTo"/>, and what the case says of their files.</summary>
    public IEnumerable<(string Path, JsonElement Files)> PartitionFiles()
    {
        foreach (var entry in Expected.GetProperty("files").EnumerateObject())
        {
            if (entry.Value.TryGetProperty("files", out _))
            {
                yield return ("/data/" + entry.Name, entry.Value);
            }
            else
            {
                foreach (var partition in entry.Value.EnumerateObject())
                {
                    yield return ($"/{entry.Name}/{partition.Name}", partition.Value);
                }
            }
        }
    }

    /// <summary>The options of a topic's logs as its settings in the case say.</summary>
    public LogOptions OptionsOf(string topic)
    {
        var options = LogOptions.Default;
        if (!Expected.GetProperty("topics").TryGetProperty(topic, out var found) || !found.TryGetProperty("configs", out var configs))
        {
            return options;
        }

        foreach (var config in configs.EnumerateObject())
        {
            var value = config.Value.GetString()!;
            options = config.Name switch
            {
                "segment.bytes" or "internal.segment.bytes" => options with { SegmentBytes = int.Parse(value) },
                "segment.ms" => options with { SegmentMs = long.Parse(value) },
                "segment.index.bytes" => options with { SegmentIndexBytes = int.Parse(value) },
                "index.interval.bytes" => options with { IndexIntervalBytes = int.Parse(value) },
                "retention.ms" => options with { RetentionMs = long.Parse(value) },
                "retention.bytes" => options with { RetentionBytes = long.Parse(value) },
                "file.delete.delay.ms" => options with { FileDeleteDelayMs = long.Parse(value) },
                "cleanup.policy" => options with { Compact = value.Contains("compact", StringComparison.Ordinal), Delete = value.Contains("delete", StringComparison.Ordinal) },
                "compression.type" => options with { Compression = value == "producer" ? null : value == "uncompressed" ? CompressionCodec.None : Enum.Parse<CompressionCodec>(value, ignoreCase: true) },
                "compression.zstd.level" => options with { ZstdLevel = int.Parse(value) },
                "message.timestamp.type" => options with { TimestampType = value == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime },
                _ => options,
            };
        }

        return options;
    }
}

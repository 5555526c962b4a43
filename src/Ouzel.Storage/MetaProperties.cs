using System.Globalization;
using System.Text;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>`meta.properties`: whom a log directory belongs to. Version 1 is KRaft's; version 0, from ZooKeeper's time, has broker.id and no directory id.</summary>
public sealed record MetaProperties(int Version, string ClusterId, int NodeId, Uuid DirectoryId)
{
    /// <summary>The file in each log directory.</summary>
    public const string FileName = "meta.properties";

    /// <summary>Reads the file of a log directory; null when there is none.</summary>
    /// <exception cref="LogDirectoryException">The file is there but does not say whose the directory is.</exception>
    public static MetaProperties? Read(Disk disk, string directory)
    {
        var path = directory + "/" + FileName;
        if (!disk.Exists(path))
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        foreach (var line in Encoding.UTF8.GetString(disk.ReadAllBytes(path)).Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or '!')))
        {
            var cut = line.IndexOfAny(['=', ':']);
            if (cut > 0)
            {
                values[line[..cut].Trim()] = line[(cut + 1)..].Trim().Replace("\\", "", StringComparison.Ordinal);
            }
        }

        var version = values.GetValueOrDefault("version", "0");
        var node = values.GetValueOrDefault("node.id") ?? values.GetValueOrDefault("broker.id");
        if (version is not ("0" or "1") || !int.TryParse(node, CultureInfo.InvariantCulture, out var nodeId) || !values.TryGetValue("cluster.id", out var clusterId))
        {
            throw new LogDirectoryException($"{path} is not readable: it needs version 0 or 1, cluster.id and node.id");
        }

        return new MetaProperties(version == "1" ? 1 : 0, clusterId, nodeId,
            Uuid.TryParse(values.GetValueOrDefault("directory.id", ""), out var directoryId) ? directoryId : Uuid.Zero);
    }

    /// <summary>Writes version 1, durably.</summary>
    public void Write(Disk disk, string directory, long nowMs)
    {
        var date = DateTimeOffset.FromUnixTimeMilliseconds(nowMs).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
        disk.ReplaceFile(directory + "/" + FileName, Encoding.UTF8.GetBytes(
            $"#\n#{date}\nnode.id={NodeId.ToString(CultureInfo.InvariantCulture)}\ndirectory.id={DirectoryId}\nversion=1\ncluster.id={ClusterId}\n"));
    }
}

/// <summary>A log directory cannot be used as it is; the message says why and what to do.</summary>
public sealed class LogDirectoryException(string message) : Exception(message);

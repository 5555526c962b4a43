using System.Text;
using Ouzel.Broker.Tests.Support;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>Damage to the directories of a node that is not running: any byte of any file, files and directories taken away, doubled and mixed up, settings that no longer fit.</summary>
internal sealed class DirectoryDamage(MemoryDisk disk, Dictionary<string, string> settings, Random random)
{
    private const int GarbageMax = 200;

    /// <summary>The damage done, in words.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Log files that hold whole batches of another one now: nothing on the disk says whose they are.</summary>
    public HashSet<string> Mixed { get; } = [];

    /// <summary>The directories that the settings name now.</summary>
    public string[] Roots => [.. settings["log.dirs"].Split(',').Append(settings.GetValueOrDefault("metadata.log.dir", "")).Where(d => d.Length > 0).Distinct()];

    /// <summary>One thing more.</summary>
    public void Add()
    {
        switch (random.Next(20))
        {
            case < 14:
                DamageFile();
                break;
            case < 17:
                DamageNames();
                break;
            default:
                DamageSettings();
                break;
        }
    }

    private void DamageFile()
    {
        var files = Files().ToList();
        if (files.Count == 0)
        {
            return;
        }

        // Kinds in turn: there are many more log files than checkpoints.
        var kinds = files.GroupBy(Kind).OrderBy(k => k.Key, StringComparer.Ordinal).ToList();
        string[] some = [.. kinds[random.Next(kinds.Count)]];
        var file = some[random.Next(some.Length)];
        var bytes = disk.ReadAllBytes(file);
        var at = bytes.Length == 0 ? 0 : random.Next(3) == 0 ? random.Next(Math.Min(bytes.Length, 64)) : random.Next(bytes.Length);
        var garbage = new byte[1 + random.Next(GarbageMax)];
        random.NextBytes(garbage);
        switch (random.Next(10))
        {
            case < 3:
                var flipped = bytes.Length == 0 ? garbage : [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]];
                Write(file, flipped, $"flipped at {at}");
                break;
            case 3:
                Write(file, bytes[..at], $"cut at {at}");
                break;
            case 4:
                Write(file, [.. bytes, .. garbage], "extended");
                break;
            case 5:
                Write(file, [.. bytes, .. new byte[garbage.Length * random.Next(1, 50)]], "extended by zeros");
                break;
            case 6:
                var length = Math.Min(garbage.Length, bytes.Length - at);
                Write(file, random.Next(3) == 0 ? new byte[bytes.Length] : [.. bytes[..at], .. new byte[length], .. bytes[(at + length)..]], $"zeroed at {at}");
                break;
            case 7:
                disk.Delete(file);
                Done.Add($"{file} deleted");
                break;
            case 8:
                Write(file, [.. bytes, .. bytes], "doubled");
                break;
            default:
                var other = random.Next(2) == 0 ? some[random.Next(some.Length)] : files[random.Next(files.Count)];
                if (IsLog(file))
                {
                    Mixed.Add(DirectoryOf(file));
                }

                if (IsLog(other))
                {
                    Mixed.Add(DirectoryOf(other));
                }

                var instead = disk.ReadAllBytes(other);
                Write(other, bytes, $"is {file}");
                Write(file, instead, $"is {other}");
                break;
        }
    }

    private void DamageNames()
    {
        var roots = Roots;
        var root = roots[random.Next(roots.Length)];
        string[] inside = [.. disk.ListDirectories(root).Order(StringComparer.Ordinal)];
        switch (random.Next(6))
        {
            case 0 when inside.Length > 0:
                var gone = $"{root}/{inside[random.Next(inside.Length)]}";
                disk.DeleteDirectory(gone);
                Done.Add($"{gone} deleted");
                break;
            case 1 when inside.Length > 0:
                var from = $"{root}/{inside[random.Next(inside.Length)]}";
                var to = $"{roots[random.Next(roots.Length)]}/{(random.Next(2) == 0 ? from[(from.LastIndexOf('/') + 1)..] : "other-" + random.Next(3))}";
                if (!disk.Exists(to))
                {
                    disk.CreateDirectory(to[..to.LastIndexOf('/')]);
                    disk.Move(from, to);
                    Done.Add($"{from} moved to {to}");
                }

                break;
            case 2 when inside.Length > 0:
                var source = $"{root}/{inside[random.Next(inside.Length)]}";
                var copy = $"{roots[random.Next(roots.Length)]}/{(random.Next(2) == 0 ? source[(source.LastIndexOf('/') + 1)..] : "copy-" + random.Next(3))}";
                if (!disk.Exists(copy))
                {
                    Copy(source, copy);
                }

                break;
            case 3:
                disk.CreateDirectory(root);
                Write(root + "/notes.txt", "not ours"u8.ToArray(), "is there");
                break;
            case 4:
                disk.CreateDirectory(root + (random.Next(2) == 0 ? "/photos" : "/never-0"));
                Done.Add($"{root} has an unknown folder");
                break;
            default:
                foreach (var name in new[] { "recovery-point-offset-checkpoint", "log-start-offset-checkpoint", "replication-offset-checkpoint", "cleaner-offset-checkpoint" })
                {
                    disk.Delete($"{root}/{name}");
                }

                Done.Add($"{root} has no checkpoints");
                break;
        }
    }

    private void DamageSettings()
    {
        var dirs = settings["log.dirs"].Split(',');
        var properties = dirs[random.Next(dirs.Length)] + "/meta.properties";
        switch (random.Next(9))
        {
            case 0:
                settings["log.dirs"] = string.Join(',', dirs.Reverse());
                break;
            case 1 when dirs.Length > 1:
                settings["log.dirs"] = dirs[random.Next(dirs.Length)];
                break;
            case 2:
                settings["log.dirs"] = $"{settings["log.dirs"]},{dirs[0]}{(random.Next(2) == 0 ? "/" : "")}";
                break;
            case 3:
                settings["log.dirs"] = $"{settings["log.dirs"]},{dirs[0]}/{(random.Next(2) == 0 ? "inner" : "../x")}";
                break;
            case 4:
                settings["metadata.log.dir"] = random.Next(3) switch { 0 => "/elsewhere", 1 => dirs[^1], _ => dirs[0] };
                break;
            case 5:
                settings["node.id"] = "7";
                settings["broker.id"] = "7";
                break;
            case 6 when disk.Exists(properties):
                Write(properties, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(disk.ReadAllBytes(properties)).Replace("AAAAAAAAQACAAAAAAAAAAQ", "BAAAAAAAQACAAAAAAAAAAQ", StringComparison.Ordinal)), "is of another cluster");
                break;
            case 7 when disk.Exists(properties):
                Write(properties, "version=0\nbroker.id=1\ncluster.id=AAAAAAAAQACAAAAAAAAAAQ\n"u8.ToArray(), "is of a broker with ZooKeeper");
                break;
            default:
                settings["log.dirs"] = $"/new,{settings["log.dirs"]}";
                break;
        }

        Done.Add($"log.dirs={settings["log.dirs"]} metadata.log.dir={settings.GetValueOrDefault("metadata.log.dir")} node.id={settings.GetValueOrDefault("node.id")}");
    }

    private IEnumerable<string> Files() => Roots.SelectMany(Under).Where(f => !f.EndsWith("/.lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private IEnumerable<string> Under(string path) =>
        disk.ListFiles(path).Select(f => $"{path}/{f.Name}").Concat(disk.ListDirectories(path).SelectMany(d => Under($"{path}/{d}")));

    private static bool IsLog(string file) => file.Contains(".log", StringComparison.Ordinal);

    private static string DirectoryOf(string file) => file[..file.LastIndexOf('/')];

    /// <summary>The ending for files of a log, the name for others; the metadata log's are a kind of their own.</summary>
    private static string Kind(string file)
    {
        var name = file[(file.LastIndexOf('/') + 1)..];
        return (file.Contains("/__cluster_metadata-0/", StringComparison.Ordinal) ? "metadata " : "") + (char.IsAsciiDigit(name[0]) && name.Contains('.') ? name[name.IndexOf('.')..] : name);
    }

    private void Copy(string from, string to)
    {
        disk.CreateDirectory(to);
        foreach (var file in disk.ListFiles(from))
        {
            DiskPicture.Write(disk, $"{to}/{file.Name}", disk.ReadAllBytes($"{from}/{file.Name}"));
        }

        Mixed.Add(to);
        Done.Add($"{to} is a copy of {from}");
    }

    private void Write(string file, byte[] bytes, string what)
    {
        DiskPicture.Write(disk, file, bytes);
        Done.Add($"{file} {what}");
    }
}

using System.Globalization;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>
/// A node whose directories were damaged while it stood: it is refused with one line and left byte for byte as it was, or serves only what was written; what it does not
/// serve, and the damage did not touch, is still on the disk, and a line tells; another start says the same. OUZEL_DAMAGE_SEED and OUZEL_DAMAGE_COUNT run more.
/// </summary>
public sealed class DamagedDirectoryTests
{
    private const int SeedFirst = 131;
    private const int SeedCount = 300;
    private const int ThingsMax = 3;

    private static readonly Dictionary<string, DamageCase> Known = [];

    [Fact]
    public async Task No_damage_to_a_directory_ends_a_start_serves_what_was_never_written_or_loses_in_silence_what_it_did_not_touch()
    {
        var first = Setting("OUZEL_DAMAGE_SEED", SeedFirst);
        var count = Setting("OUZEL_DAMAGE_COUNT", SeedCount);
        var failures = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            var (failure, done) = await PlayAsync(seed);
            if (failure is not null)
            {
                failures.Add($"seed {seed}: {failure}\n    after: {done}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static async Task<(string? Failure, string Done)> PlayAsync(int seed)
    {
        var random = new Random(seed);
        string[] names = [.. GoldenCase.Names.Except(LaterCases.NotServed), .. DamageCase.Own];
        var name = names[random.Next(names.Length)];
        if (!Known.TryGetValue(name, out var known))
        {
            known = Known[name] = await DamageCase.OfAsync(name);
        }

        var (disk, settings) = known.Fresh();
        var damage = new DirectoryDamage(disk, settings, random);
        for (var left = random.Next(1, ThingsMax + 1); left > 0; left--)
        {
            damage.Add();
        }

        var done = $"{name}: {string.Join("; ", damage.Done)}";
        try
        {
            return (await new DamagedRun(known, disk, settings, damage, isKilled: random.Next(2) == 0).RunAsync(), done);
        }
        catch (Exception fault)
        {
            return (fault.ToString(), done);
        }
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } said ? int.Parse(said, CultureInfo.InvariantCulture) : usual;
}

/// <summary>One damaged disk: two starts on it, and what must be true of both.</summary>
internal sealed class DamagedRun(DamageCase known, MemoryDisk disk, Dictionary<string, string> settings, DirectoryDamage damage, bool isKilled)
{
    private readonly List<string> _lines = [];

    /// <summary>Null when every rule held.</summary>
    public async Task<string?> RunAsync()
    {
        var before = DiskPicture.BytesOf(disk);
        var (served, refusal, after) = await StartAsync(disk);
        if (refusal is not null)
        {
            return Refused(refusal, before) ?? ((await StartAsync(disk)).Refusal is var again && again != refusal ? $"refused with '{refusal}', then with '{again}'" : null);
        }

        if (WrongIn(served!, before) is { } wrong)
        {
            return wrong;
        }

        if (LostFrom(served!, before, after!) is { } lost)
        {
            return lost;
        }

        var (second, refusedNow, afterwards) = await StartAsync(after!);
        if (refusedNow is not null)
        {
            return $"served at first, then refused: {refusedNow}";
        }

        // After a kill recovery looks at more than a start after a clean stop does, and may cut what that one still served; but it keeps it, and says so.
        return (isKilled ? WrongIn(second!, before) ?? LostFrom(second!, before, afterwards!) : second!.DifferenceTo(served!)) is { } difference ? $"at the second start {difference}" : null;
    }

    private string? Refused(string refusal, Dictionary<string, byte[]> before)
    {
        var changed = Changes(before, DiskPicture.BytesOf(disk));
        return refusal.Contains('\n') ? $"a refusal of several lines: {refusal}" : changed is null ? null : $"refused with '{refusal}', but {changed}";
    }

    private static string? Changes(Dictionary<string, byte[]> before, Dictionary<string, byte[]> after) =>
        before.Keys.Except(after.Keys).FirstOrDefault() is { } gone ? $"{gone} is gone"
        : after.Keys.Except(before.Keys).FirstOrDefault() is { } made ? $"{made} was made"
        : before.FirstOrDefault(file => !after[file.Key].AsSpan().SequenceEqual(file.Value)).Key is { } changed ? $"{changed} was changed"
        : null;

    private async Task<(WhatIsServed? Served, string? Refusal, MemoryDisk? After)> StartAsync(MemoryDisk on)
    {
        var log = new HeardLog();
        try
        {
            var node = await TestNode.StartAsync(on, known.Clock, [.. settings.Select(s => (s.Key, s.Value))], log);
            WhatIsServed served;
            MemoryDisk after;
            try
            {
                served = await WhatIsServed.OfAsync(node, known.Whole, known.Groups);
            }
            finally
            {
                after = DiskPicture.Copy(on, known.Clock);
                await node.DisposeAsync();
            }

            _lines.AddRange(log.Lines.Where(l => l.Level >= LogLevel.Warning).Select(l => l.Text));
            return log.Lines.Find(l => l.Text.Contains("defect of the broker", StringComparison.Ordinal)).Text is { } fault
                ? throw new InvalidOperationException(fault)
                : (served, null, isKilled ? after : on);
        }
        catch (Exception refusal) when (refusal is LogDirectoryException or SettingException or DiskException)
        {
            return (null, refusal.Message, null);
        }
    }

    /// <summary>A batch that was never written there, or not with these bytes.</summary>
    private string? WrongIn(WhatIsServed served, Dictionary<string, byte[]> before)
    {
        foreach (var (name, partition) in served.Partitions)
        {
            var whole = known.Whole.Partitions.GetValueOrDefault(name);
            foreach (var (at, bytes) in partition.Batches.Where(_ => !IsMixed(name)))
            {
                // A checksum covers neither the offset nor the epoch of a batch: those of a touched one may be wrong, as with Apache Kafka.
                var isBefore = at < whole?.Start.Offset && damage.Done.Any(d => d.Contains("log-start-offset-checkpoint", StringComparison.Ordinal) || d.EndsWith("no checkpoints", StringComparison.Ordinal));
                var isRight = isBefore || whole is not null && (whole.Batches.GetValueOrDefault(at) is { } right && right.AsSpan(16).SequenceEqual(bytes.AsSpan(16))
                    || whole.Batches.Values.Any(b => b.AsSpan(16).SequenceEqual(bytes.AsSpan(16)) && !IsIn(before, b, from: 0)));
                if (!isRight)
                {
                    return $"{name} serves a batch at {at} that was never written there";
                }
            }
        }

        foreach (var (key, offset) in served.Offsets)
        {
            var isRight = known.Whole.Offsets.TryGetValue(key, out var right) && right == offset;
            if (!isRight && !key.EndsWith(" error", StringComparison.Ordinal) && !Tells("__consumer_offsets"))
            {
                return $"the commit of {key} is {offset} and was {right}";
            }
        }

        return null;
    }

    /// <summary>A batch that the damage left whole, and that is neither served nor anywhere on the disk, or not served without a line.</summary>
    private string? LostFrom(WhatIsServed served, Dictionary<string, byte[]> before, MemoryDisk after)
    {
        Dictionary<string, byte[]>? now = null;

        // What lies where no setting leads to is looked for by nobody.
        string[] roots = [.. damage.Roots.Select(root => Path.GetFullPath(root).TrimEnd('/') + "/")];
        before = before.Where(file => Array.Exists(roots, root => file.Key.StartsWith(root, StringComparison.Ordinal))).ToDictionary();
        foreach (var (name, whole) in known.Whole.Partitions)
        {
            var partition = served.Partitions.GetValueOrDefault(name);
            foreach (var (at, bytes) in whole.Batches.Where(b => partition?.Batches.ContainsKey(b.Key) != true))
            {
                if (!IsIn(before, bytes))
                {
                    continue;
                }

                now ??= DiskPicture.BytesOf(after);
                if (!IsIn(now, bytes))
                {
                    return $"{name}: the batch at {at} was whole and is nowhere any more";
                }

                // A reader that was told of the damage, or of an error, knows; so does who reads the log. Where whole batches of another log lie now, nothing tells that they do.
                if (IsMixed(name) || partition?.Stops.Count > 0 || Tells($"/{name}") || Tells(name.Topic) || (partition is null && _lines.Count > 0))
                {
                    continue;
                }

                return $"{name}: the batch at {at} was whole and is not served ({partition?.Start.Offset} to {partition?.Batches.Keys.DefaultIfEmpty(-1).Max()}), and nothing tells, but: {string.Join(" | ", _lines)}";
            }
        }

        return null;
    }

    /// <summary>True when a batch lies whole in a file, at whatever offset and in whatever epoch.</summary>
    private static bool IsIn(Dictionary<string, byte[]> picture, byte[] batch, int from = 16)
    {
        return picture.Any(file => file.Key.Contains(".log", StringComparison.Ordinal) && !file.Key.EndsWith(".deleted", StringComparison.Ordinal) && !file.Key.Contains("-delete/", StringComparison.Ordinal) && file.Value.AsSpan().IndexOf(batch.AsSpan(from)) >= 0);
    }

    private bool IsMixed(TopicPartition name) => damage.Mixed.Any(m => m.EndsWith($"/{name}", StringComparison.Ordinal));

    private bool Tells(string what) => _lines.Any(l => l.Contains(what, StringComparison.Ordinal));
}

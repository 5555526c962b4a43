using System.Globalization;
using Ouzel.Simulation.Tests.Bed;

namespace Ouzel.Simulation.Tests.Checks;

/// <summary>
/// All that was told of one partition of one topic whose log does not only grow: it is trimmed, compacted, or deleted and made again. Another topic of the name
/// has another ledger.
/// </summary>
internal sealed class Ledger(Scheduler scheduler, string topic, int partition)
{
    private readonly Dictionary<long, string> _told = [];
    private readonly Dictionary<string, int> _newest = [];
    private long _durableStart;

    public string Topic => topic;

    public int Partition => partition;

    public string Name => $"{topic}-{partition}";

    /// <summary>Offsets may be missing, the newest of each key may not.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>The least that the beginning of the log may be, if it is asked for now.</summary>
    public long StartFloor { get; private set; }

    /// <summary>Everything below was acknowledged with acks=all, or lies before something that was.</summary>
    public long DurableEnd { get; private set; }

    /// <summary>With acks=all.</summary>
    public void Acknowledge(long baseOffset, IReadOnlyList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            See(baseOffset + i, values[i]);
            var (key, number) = Split(values[i]);
            _newest[key] = Math.Max(_newest.GetValueOrDefault(key, -1), number);
        }

        DurableEnd = Math.Max(DurableEnd, baseOffset + values.Count);
    }

    /// <summary>The beginning as a response told it; for good if it was the response to DeleteRecords.</summary>
    public void StartsAt(long offset, long floor, bool isForGood)
    {
        if (offset < floor)
        {
            scheduler.Fail($"{Name} begins at {offset} and began at {floor} before");
        }

        StartFloor = Math.Max(StartFloor, offset);
        _durableStart = isForGood ? Math.Max(_durableStart, offset) : _durableStart;
    }

    /// <summary>A life ended unclean: a beginning that was moved and not yet told to whoever asked for it may be moved back.</summary>
    public void Crashed() => StartFloor = _durableStart;

    /// <summary>Lets go what was seen and never acknowledged: it may be gone, and its offsets may be given again.</summary>
    public void PowerLost()
    {
        Crashed();
        foreach (var offset in _told.Keys.Where(o => o >= DurableEnd).ToArray())
        {
            _told.Remove(offset);
        }
    }

    public void See(long offset, string value)
    {
        if (_told.TryGetValue(offset, out var before) && before != value)
        {
            scheduler.Fail($"{Name} offset {offset} was {before} and is {value}");
        }

        _told[offset] = value;
    }

    /// <summary>The whole log, read from its beginning to its end while nobody trims it.</summary>
    public void CheckWhole(IReadOnlyList<(long Offset, string Value)> log, long start, long end, long floor, long durableEnd)
    {
        StartsAt(start, floor, isForGood: false);
        if (end < durableEnd)
        {
            scheduler.Fail($"{Name} ends at {end}, but everything below {durableEnd} was acknowledged");
        }

        var found = log.ToDictionary();
        foreach (var (offset, value) in _told.Where(t => !IsCompacted && t.Key >= start && t.Key < durableEnd && !found.ContainsKey(t.Key)))
        {
            scheduler.Fail($"{Name}: {value} was acknowledged at {offset} and is gone; the log begins at {start}");
        }

        foreach (var (key, number) in _newest.Where(_ => IsCompacted))
        {
            var there = log.Where(r => Split(r.Value).Key == key).Select(r => Split(r.Value).Number).DefaultIfEmpty(-1).Max();
            if (there < number)
            {
                scheduler.Fail($"{Name}: {key}:{number} was acknowledged, and the newest of its key is {there}");
            }
        }
    }

    /// <summary>A value is its key or producer, a colon, and a number that counts from 0.</summary>
    public static (string Key, int Number) Split(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return (value[..colon], int.Parse(value.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}

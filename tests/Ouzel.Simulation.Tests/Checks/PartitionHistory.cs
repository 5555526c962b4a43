using Ouzel.Simulation.Tests.Bed;

namespace Ouzel.Simulation.Tests.Checks;

/// <summary>All that anybody was told of one partition, and what must therefore be true of it from then on.</summary>
internal sealed class PartitionHistory(Scheduler scheduler, string name)
{
    private readonly Dictionary<long, string> _seen = [];
    private readonly Dictionary<string, int> _made = [];
    private readonly Dictionary<long, double> _acknowledgedMs = [];

    /// <summary>Everything below was acknowledged with acks=all, or lies before something that was.</summary>
    public long DurableEnd { get; private set; }

    /// <summary>The log reaches this far at least, as long as the machine has power.</summary>
    public long KnownEnd => Math.Max(DurableEnd, _seen.Count == 0 ? 0 : _seen.Keys.Max() + 1);

    /// <summary>An idempotent producer made another record; its values are its name, a colon and a number that counts from 0.</summary>
    public void Made(string producer) => _made[producer] = _made.GetValueOrDefault(producer) + 1;

    public void See(long offset, string value, string who)
    {
        if (_seen.TryGetValue(offset, out var before) && before != value)
        {
            scheduler.Fail($"{name} offset {offset} was {before} and is {value}, says {who}");
        }

        _seen[offset] = value;
    }

    public void Acknowledge(long baseOffset, IReadOnlyList<string> values, bool durable, string who)
    {
        for (var i = 0; i < values.Count; i++)
        {
            _acknowledgedMs.TryAdd(baseOffset + i, scheduler.NowMs);
            See(baseOffset + i, values[i], who);
        }

        if (durable)
        {
            DurableEnd = Math.Max(DurableEnd, baseOffset + values.Count);
        }
    }

    public double? AcknowledgedAtMs(long offset) => _acknowledgedMs.TryGetValue(offset, out var atMs) ? atMs : null;

    /// <summary>Lets go what was seen but never acknowledged with acks=all: it may be gone, and its offsets may be given again.</summary>
    public void PowerLost()
    {
        foreach (var offset in _seen.Keys.Where(o => o >= DurableEnd).ToArray())
        {
            _seen.Remove(offset);
            _acknowledgedMs.Remove(offset);
        }
    }

    /// <summary>The whole log as read in one go, once nothing is under way.</summary>
    public void CheckWhole(IReadOnlyList<string> log)
    {
        if (log.Count < DurableEnd)
        {
            scheduler.Fail($"{name} ends at {log.Count}, but everything below {DurableEnd} was acknowledged");
        }

        foreach (var (producer, made) in _made)
        {
            string[] found = [.. log.Where(v => v.StartsWith(producer + ":", StringComparison.Ordinal))];
            for (var i = 0; i < Math.Max(made, found.Length); i++)
            {
                if (i >= found.Length || i >= made || found[i] != $"{producer}:{i}")
                {
                    scheduler.Fail($"{name}: record {i} of {made} of the idempotent {producer} is {(i < found.Length ? found[i] : "missing")}: {string.Join(' ', found)}");
                    return;
                }
            }
        }
    }
}

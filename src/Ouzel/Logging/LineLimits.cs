namespace Ouzel.Logging;

/// <summary>
/// The bound on lines of one kind: whoever can cause a line can cause a million. Each kind has a few lines at once and one more every few seconds; the others
/// are counted. Told the time by its caller, who also keeps it from being used twice at once.
/// </summary>
internal sealed class LineLimits
{
    /// <summary>Lines of one kind at once.</summary>
    public const int BurstMax = 50;

    /// <summary>After this time a kind that used up its lines gets one more: at most four megabytes a day.</summary>
    public const long RefillMs = 5000;

    /// <summary>Kinds told apart; a kind is one place in the code, so there are fewer. Beyond it they share.</summary>
    public const int KindsMax = 1000;

    private readonly Dictionary<string, Budget> _kinds = new(StringComparer.Ordinal);

    /// <summary>True when a line of this kind may be written; otherwise it is counted.</summary>
    /// <param name="kind">The line's template: what differs between two lines of a kind is not in it.</param>
    /// <param name="nowMs">Monotonic.</param>
    public bool Admit(string kind, long nowMs)
    {
        if (!_kinds.TryGetValue(kind, out var budget))
        {
            kind = _kinds.Count < KindsMax ? kind : "";
            if (!_kinds.TryGetValue(kind, out budget))
            {
                _kinds.Add(kind, budget = new Budget { RefilledMs = nowMs });
            }
        }

        var refill = Math.Min((nowMs - budget.RefilledMs) / RefillMs, BurstMax - budget.Lines);
        if (budget.Lines + refill == BurstMax)
        {
            budget.RefilledMs = nowMs;
        }
        else
        {
            budget.RefilledMs += refill * RefillMs;
        }

        budget.Lines += (int)refill;
        if (budget.Lines > 0)
        {
            budget.Lines--;
            return true;
        }

        budget.LeftOut++;
        return false;
    }

    /// <summary>Takes the counts of what was left out since the last call.</summary>
    public List<(string Kind, long Count)> TakeLeftOut()
    {
        var leftOut = new List<(string, long)>();
        foreach (var (kind, budget) in _kinds)
        {
            if (budget.LeftOut > 0)
            {
                leftOut.Add((kind, budget.LeftOut));
                budget.LeftOut = 0;
            }
        }

        return leftOut;
    }

    private sealed class Budget
    {
        public int Lines { get; set; } = BurstMax;

        public long RefilledMs { get; set; }

        public long LeftOut { get; set; }
    }
}

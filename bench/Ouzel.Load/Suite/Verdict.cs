namespace Ouzel.Load.Suite;

/// <summary>The figures that the project promises, each with what was measured.</summary>
internal sealed class Verdict
{
    private readonly List<(string Figure, string Target, string Measured, bool Holds)> _figures = [];

    /// <summary>A figure that must not exceed a bound.</summary>
    public void AtMost(string figure, double measured, double bound, string unit) =>
        _figures.Add((figure, $"<= {bound:0.##}{unit}", $"{measured:N2}{unit}", measured <= bound));

    /// <summary>A figure that must reach a bound.</summary>
    public void AtLeast(string figure, double measured, double bound, string unit) =>
        _figures.Add((figure, $">= {bound:0.##}{unit}", $"{measured:N2}{unit}", measured >= bound));

    public void Note(string figure, string measured) => _figures.Add((figure, "", measured, true));

    public string ToText() => string.Join('\n',
        (string[])[$"| {"figure",-70} | {"target",-14} | {"measured",-24} | holds |", "|---|---|---|---|",
        .. _figures.Select(f => $"| {f.Figure,-70} | {f.Target,-14} | {f.Measured,-24} | {(f.Target.Length == 0 ? "" : f.Holds ? "yes" : "NO"),-5} |")]);
}

using System.Globalization;
using System.Text;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The events of a run, line by line. Two runs of one seed write the same bytes.</summary>
internal sealed class EventLog
{
    private readonly StringBuilder _text = new();

    public void Write(long ticks, string who, string what) =>
        _text.Append(CultureInfo.InvariantCulture, $"{ticks / (double)TimeSpan.TicksPerMillisecond,12:F4} {who,-10} {what}\n");

    public override string ToString() => _text.ToString();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>One form of logging: generated methods with ids of their own, a file for each domain.</summary>
public sealed partial class EventTests
{
    [Fact]
    public void Every_line_of_the_log_is_a_generated_method()
        => Checkout.NothingFound(Checkout.Matches(Checkout.Under("src"), PlainCall()), "A line that is written by hand has no event id. Make it a [LoggerMessage] method in the Log.<Domain>.cs of its domain:");

    [Fact]
    public void The_events_of_a_domain_stand_in_one_file()
    {
        var elsewhere = Checkout.Under("src").Where(f => !Path.GetFileName(f).StartsWith("Log.", StringComparison.Ordinal));
        Checkout.NothingFound(Checkout.Matches(elsewhere, Message()), "Events stand in Log.<Domain>.cs, so that one look finds them all and the next free id:");
    }

    [Fact]
    public void Every_event_has_an_id_of_its_own_in_the_block_of_its_file()
    {
        var seen = new Dictionary<int, string>();
        var wrong = new List<string>();
        foreach (var file in Checkout.Under("src").Where(f => Path.GetFileName(f).StartsWith("Log.", StringComparison.Ordinal)))
        {
            var text = Checkout.Read(file);
            var block = Block().Match(text);
            if (!block.Success)
            {
                wrong.Add($"{file}: its summary does not say 'Event ids A-B'");
                continue;
            }

            var (first, last) = (Number(block.Groups[1]), Number(block.Groups[2]));
            foreach (Match message in Message().Matches(text))
            {
                var id = Id().Match(text, message.Index) is { Success: true } found && found.Index == message.Index ? Number(found.Groups[1]) : 0;
                if (id < first || id > last)
                {
                    wrong.Add($"{file}: event id {id} is not in {first}-{last}");
                }
                else if (!seen.TryAdd(id, file))
                {
                    wrong.Add($"{file}: event id {id} is taken in {seen[id]}");
                }
            }
        }

        Assert.NotEmpty(seen);
        Checkout.NothingFound(wrong, "People search and alert by event ids:");
    }

    private static int Number(Capture text) => int.Parse(text.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b_?[lL]ogger\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(|\blog\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex PlainCall();

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Message();

    [GeneratedRegex(@"\[LoggerMessage\((\d+), LogLevel\.")]
    private static partial Regex Id();

    [GeneratedRegex(@"Event ids (\d+)-(\d+)")]
    private static partial Regex Block();
}

using Microsoft.Extensions.Logging;
using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

public sealed class LineLoggerFactoryTests
{
    private readonly StringWriter _output = new();

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task The_subject_is_the_last_part_of_a_category()
    {
        await using (var loggers = Factory())
        {
            Entries.Closing(loggers.CreateLogger("Ouzel.Broker.Net"), "me", 3, "why");
        }

        Assert.EndsWith("warn  Net: Closing the connection of 'me': 3 bytes {why}", Assert.Single(Lines));
    }

    [Fact]
    public async Task Levels_change_while_the_process_runs()
    {
        await using (var loggers = Factory())
        {
            var logger = loggers.CreateLogger("Net");
            Entries.Detail(logger, 1);
            loggers.Set("Net", "DEBUG");
            Entries.Detail(logger, 2);
            Assert.Equal(new Dictionary<string, string> { ["root"] = "INFO", ["Net"] = "DEBUG" }, loggers.Levels);
            loggers.Set("Net", null);
            loggers.Set("root", "ERROR");
            Entries.Closing(logger, "me", 3, "silent");
            Entries.Broke(logger, new InvalidOperationException("why"));
            Assert.Equal(new Dictionary<string, string> { ["root"] = "ERROR", ["Net"] = "ERROR" }, loggers.Levels);
        }

        Assert.Equal(["Net: Detail 2", "Net: It broke"], Lines.Where(l => l.Contains("Net: ", StringComparison.Ordinal)).Select(l => l[l.IndexOf("Net: ", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task A_flood_of_one_kind_becomes_a_few_lines_and_a_count()
    {
        await using (var loggers = Factory())
        {
            var logger = loggers.CreateLogger("Net");
            for (var i = 0; i < 170_000; i++)
            {
                Entries.Closing(logger, $"client {i}", i, "a bad frame");
            }
        }

        Assert.InRange(Lines.Length, LineLimits.BurstMax + 1, LineLimits.BurstMax + 10);
        var told = Lines.Where(l => l.Contains("more lines like this", StringComparison.Ordinal)).Sum(l => long.Parse(l[(l.IndexOf("Log: ", StringComparison.Ordinal) + 5)..].Split(' ')[0]));
        Assert.Equal(170_000, told + Lines.Count(l => l.Contains("Net: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_asks_for_debug_gets_every_line()
    {
        await using (var loggers = Factory(LogLevel.Debug))
        {
            var logger = loggers.CreateLogger("Net");
            for (var i = 0; i < 1000; i++)
            {
                Entries.Detail(logger, i);
            }
        }

        Assert.Equal(1000, Lines.Length);
    }

    private LineLoggerFactory Factory(LogLevel level = LogLevel.Information) => new(_output, TimeProvider.System, LineForm.Text, level);
}

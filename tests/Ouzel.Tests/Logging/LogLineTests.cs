using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.FromHours(2));

    [Fact]
    public void A_line_has_time_level_subject_and_message() =>
        Assert.Equal("2026-03-04T03:06:07.089Z warn  Net: one two", LogLine.Text(Time, LogLevel.Warning, "Net", "one\ntwo", null));

    [Fact]
    public void A_fault_follows_its_line() =>
        Assert.Equal("2026-03-04T03:06:07.089Z error Net: it broke\nSystem.InvalidOperationException: why", LogLine.Text(Time, LogLevel.Error, "Net", "it broke", new InvalidOperationException("why")));

    [Fact]
    public void A_line_for_machines_is_one_object()
    {
        var line = LogLine.Json(Time, LogLevel.Information, "Net", new EventId(7), "a \"quoted\"\nmessage", new InvalidOperationException("why"));
        Assert.DoesNotContain('\n', line);
        using var json = JsonDocument.Parse(line);
        Assert.Equal("a \"quoted\"\nmessage", json.RootElement.GetProperty("message").GetString());
        Assert.Equal(("2026-03-04T03:06:07.089Z", "info", "Net", 7), (json.RootElement.GetProperty("time").GetString(), json.RootElement.GetProperty("level").GetString(),
            json.RootElement.GetProperty("subject").GetString(), json.RootElement.GetProperty("event").GetInt32()));
        Assert.Contains("why", json.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public void The_subject_is_the_last_part_of_a_category()
    {
        var output = new StringWriter();
        using var loggers = new LineLoggerFactory(output, TimeProvider.System, json: false, LogLevel.Information);
        loggers.CreateLogger("Ouzel.Broker.Net").LogInformation("hello {Name}", "you");
        Assert.EndsWith("info  Net: hello you\n", output.ToString());
    }

    [Fact]
    public void Levels_change_while_the_process_runs()
    {
        var output = new StringWriter();
        using var loggers = new LineLoggerFactory(output, TimeProvider.System, json: false, LogLevel.Information);
        var logger = loggers.CreateLogger("Net");
        logger.LogDebug("silent");
        loggers.Set("Net", "DEBUG");
        logger.LogDebug("first");
        Assert.Equal(new Dictionary<string, string> { ["root"] = "INFO", ["Net"] = "DEBUG" }, loggers.Levels);
        loggers.Set("Net", null);
        loggers.Set("root", "ERROR");
        logger.LogInformation("silent");
        logger.LogError("last");
        Assert.Equal(new Dictionary<string, string> { ["root"] = "ERROR", ["Net"] = "ERROR" }, loggers.Levels);
        Assert.Equal(["first", "last"], output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.LastIndexOf(' ') + 1)..]));
    }
}

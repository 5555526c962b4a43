using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

public sealed class LogLineTests
{
    [Fact]
    public void A_line_has_time_level_subject_and_message() =>
        Assert.Equal("2026-03-04T03:06:07.089Z warn  Net: Closing the connection of 'me': 3 bytes {why}", LogLine.Text(Entries.Of(l => Entries.Closing(l, "me", 3, "why")), inColour: false));

    [Fact]
    public void Colours_stand_around_time_and_level_alone() =>
        Assert.Equal("\e[90m2026-03-04T03:06:07.089Z\e[0m \e[33mwarn \e[0m Net: Closing the connection of '(null)': 3 bytes {why}",
            LogLine.Text(Entries.Of(l => Entries.Closing(l, null, 3, "why")), inColour: true));

    [Fact]
    public void A_fault_follows_its_line_and_cannot_pass_for_one() =>
        Assert.Equal("2026-03-04T03:06:07.089Z error Net: It broke\n    System.InvalidOperationException: why\n    2026-03-04T03:06:07.089Z info  Net: all is well\\u001B[2J",
            LogLine.Text(Entries.Of(l => Entries.Broke(l, new InvalidOperationException("why\n2026-03-04T03:06:07.089Z info  Net: all is well\e[2J"))), inColour: false));

    [Fact]
    public void A_line_for_machines_is_one_object_with_the_values_by_name()
    {
        var json = Json(l => Entries.Closing(l, "a \"quoted\"\nid", 3, "why"));
        Assert.Equal(["timestamp", "level", "category", "eventId", "event", "message", "clientId", "count", "reason"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("2026-03-04T03:06:07.089Z", json.GetProperty("timestamp").GetString());
        Assert.Equal(("warn", "Net", 7, "Closing"), (json.GetProperty("level").GetString(), json.GetProperty("category").GetString(), json.GetProperty("eventId").GetInt32(), json.GetProperty("event").GetString()));
        Assert.Equal(("a \"quoted\"\\nid", 3, "why"), (json.GetProperty("clientId").GetString(), json.GetProperty("count").GetInt32(), json.GetProperty("reason").GetString()));
        Assert.Equal("Closing the connection of 'a \"quoted\"\\nid': 3 bytes {why}", json.GetProperty("message").GetString());
    }

    [Fact]
    public void A_fault_is_a_field_of_its_line() =>
        Assert.Equal("System.InvalidOperationException: why", Json(l => Entries.Broke(l, new InvalidOperationException("why"))).GetProperty("error").GetString());

    [Fact]
    public void A_value_does_not_replace_a_field_that_every_line_has()
    {
        var json = Json(l => Entries.Colliding(l, "mine", double.NaN));
        Assert.Equal(("info", "mine at NaN", "mine", "NaN"), (json.GetProperty("level").GetString(), json.GetProperty("message").GetString(),
            json.GetProperty("messageValue").GetString(), json.GetProperty("levelValue").GetString()));
    }

    [Fact]
    public void A_sentence_without_values_is_told_too() =>
        Assert.EndsWith("Net: hello {you}", LogLine.Text(Entries.Of(l => l.Log(LogLevel.Information, default, "hello {you}", null, (text, _) => text)), inColour: false));

    private static JsonElement Json(Action<ILogger> say)
    {
        var line = LogLine.Json(Entries.Of(say));
        Assert.DoesNotContain('\n', line);
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }
}

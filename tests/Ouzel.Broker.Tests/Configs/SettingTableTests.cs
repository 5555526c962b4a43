using System.Text.Json;
using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

public sealed class SettingTableTests
{
    private static readonly (string Section, SettingTable Table)[] Sections =
    [
        ("broker", SettingTables.Broker), ("topic", SettingTables.Topic), ("group", SettingTables.Group), ("clientMetrics", SettingTables.ClientMetrics),
    ];

    [Fact]
    public void Every_setting_is_declared_as_Kafka_knows_it()
    {
        using var kafka = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Protocol, "configs.json")));
        var differences = new List<string>();
        foreach (var (section, table) in Sections)
        {
            var names = new HashSet<string>();
            foreach (var theirs in kafka.RootElement.GetProperty(section).EnumerateArray())
            {
                var name = theirs.GetProperty("name").GetString()!;
                names.Add(name);
                if (!table.TryGet(name, out var ours))
                {
                    differences.Add($"{section} {name} is not declared");
                    continue;
                }

                Compare("type", Text(theirs, "type"), ours.Type.ToString().ToLowerInvariant());
                Compare("default", Text(theirs, "default"), ours.Default);
                Compare("valid", Text(theirs, "valid") is { Length: > 0 } valid ? valid : null, ours.Valid);
                Compare("sensitive", theirs.GetProperty("sensitive").GetBoolean(), ours.IsSensitive);
                Compare("internal", theirs.GetProperty("internal").GetBoolean(), ours.Internal);
                Compare("required", theirs.GetProperty("required").GetBoolean(), ours.Required);
                if (theirs.TryGetProperty("dynamic", out var dynamic))
                {
                    Compare("dynamic", dynamic.GetString(), ours.Dynamic switch { DynamicMode.PerBroker => "per-broker", DynamicMode.ClusterWide => "cluster-wide", _ => "read-only" });
                }

                if (theirs.TryGetProperty("synonyms", out var synonyms))
                {
                    Compare("from", string.Join(",", synonyms.EnumerateArray().Select(s => Text(s, "name"))), string.Join(",", ours.Origins));
                }

                void Compare<T>(string what, T expected, T actual)
                {
                    if (!Equals(expected, actual))
                    {
                        differences.Add($"{section} {name}: {what} is {actual}, Kafka has {expected}");
                    }
                }
            }

            differences.AddRange(table.All.Where(s => !names.Contains(s.Name) && !s.Name.StartsWith("ouzel.", StringComparison.Ordinal)).Select(s => $"{section} {s.Name} is not Kafka's"));
        }

        Assert.Empty(differences);
    }

    [Fact]
    public void Every_setting_says_what_it_is_for()
    {
        foreach (var setting in Sections.SelectMany(s => s.Table.All))
        {
            Assert.True(setting.Documentation.Length > 15 && setting.Documentation.EndsWith('.'), $"{setting.Name} says '{setting.Documentation}'");
        }
    }

    [Theory]
    [InlineData(0.5, "0.5")]
    [InlineData(1, "1.0")]
    [InlineData(0, "0.0")]
    [InlineData(-2.25, "-2.25")]
    [InlineData(double.MaxValue, "1.7976931348623157E308")]
    [InlineData(1e7, "1.0E7")]
    [InlineData(9999999, "9999999.0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "1.0E-4")]
    [InlineData(1234567890.5, "1.2345678905E9")]
    public void Numbers_with_a_fraction_are_printed_as_Java_does(double value, string expected) => Assert.Equal(expected, SettingText.Of(value));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

using System.Text;
using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

/// <summary>docs/config.md is made from the table. OUZEL_WRITE_DOCS=1 in the environment writes it anew.</summary>
public sealed class SettingsPageTests
{
    private const string Start = """
        # Settings

        Made from the declarations in `src/Ouzel.Broker/Configs`; a test keeps it equal to them (`OUZEL_WRITE_DOCS=1` writes it anew).

        Names, types, defaults and bounds are Apache Kafka's. Later layers win: built-in defaults, the file named by `--config`, `KAFKA_*` variables, `OUZEL_*` variables,
        `--set name=value` and the other options of the command line, settings made for all brokers while they run, settings made for one broker. A topic's own setting wins over all of them.
        A variable's name is the setting's in capitals: `.` becomes `_`, `_` becomes `__`, `-` becomes `___`; `OUZEL_STOP_TIMEOUT_MS` stands for `ouzel.stop.timeout.ms`.

        Ouzel itself sets `node.id=1`, `process.roles=broker,controller`, `controller.listener.names=CONTROLLER`, `listeners=PLAINTEXT://localhost:9092`, `log.dirs=./ouzel-data` and
        `group.initial.rebalance.delay.ms=0` (Kafka: 3000) unless a layer says otherwise; DescribeConfigs shows these as given at the start.

        "Changes" says what a new value needs: a restart, or nothing (live), where "live, one broker" can only be set for one broker at a time. Values carry no units: `log.retention.ms=60000`, not `1m`.


        """;

    [Fact]
    public void The_page_says_what_the_table_says()
    {
        var file = Path.Combine(CheckoutTree.Root, "docs", "config.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("OUZEL_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, page);
        }

        Assert.Equal(page, File.ReadAllText(file));
    }

    private static string Page()
    {
        var page = new StringBuilder(Start.Replace("\r\n", "\n"));
        var broker = SettingTables.Broker.All;
        Section(page, "Ouzel's own", "", broker.Where(s => IsOwn(s)));
        Section(page, "Broker", "", broker.Where(s => !IsOwn(s) && !s.Accepted));
        Section(page, "Topic", "A topic's default is the broker's value under the name in brackets; the first that is set counts.", SettingTables.Topic.All.Where(s => !s.Accepted));
        Section(page, "Accepted without effect", "These are checked, listed and stored like the others, so that files written for Kafka work, but nothing here acts on them yet.",
            broker.Where(s => !IsOwn(s) && s.Accepted));
        Section(page, "Accepted without effect: topic", "", SettingTables.Topic.All.Where(s => s.Accepted));
        Section(page, "Accepted without effect: group", "Within the bounds that the broker's settings for such groups draw.", SettingTables.Group.All);
        Section(page, "Accepted without effect: client metrics", "", SettingTables.ClientMetrics.All);
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static bool IsOwn(Setting setting) => setting.Name.StartsWith("ouzel.", StringComparison.Ordinal);

    private static void Section(StringBuilder page, string title, string note, IEnumerable<Setting> settings)
    {
        page.Append("## ").Append(title).Append("\n\n");
        if (note.Length > 0)
        {
            page.Append(note).Append("\n\n");
        }

        page.Append("| Setting | Type | Default | Takes | Changes | What it does |\n|---|---|---|---|---|---|\n");
        foreach (var setting in settings.Where(s => !s.Internal).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            var changes = setting.Dynamic switch { DynamicMode.ClusterWide => "live", DynamicMode.PerBroker => "live, one broker", _ => "restart" };
            var scope = setting.Origins.Count > 0 ? $" [{string.Join(", ", setting.Origins)}]" : "";
            var isTopic = SettingTables.Topic.All.Contains(setting) || SettingTables.Group.All.Contains(setting) || SettingTables.ClientMetrics.All.Contains(setting);
            page.Append($"| `{setting.Name}` | {setting.Type.ToString().ToLowerInvariant()} | {Cell(setting.Default)} | {Cell(setting.Valid)} | {(isTopic ? "live" : changes)} | {setting.Documentation}{scope} |\n");
        }

        page.Append('\n');
    }

    private static string Cell(string? text) => text is null ? "" : text.Length == 0 ? "(empty)" : $"`{text}`";
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Ouzel.Broker.Cluster;
using Ouzel.Hosting;

namespace Ouzel.Commands;

/// <summary>ouzel start: one broker, in the foreground or with -daemon in the background.</summary>
internal static class StartCommand
{
    /// <summary>The option that -daemon gives the process that it starts.</summary>
    public const string DetachedName = "--detached";

    private static readonly Option<string?> Config = new("--config", "-c") { Description = "Settings in the form of Kafka's server.properties.", HelpName = "FILE" };
    private static readonly Option<string[]> Set = new("--set", "--override") { Description = "One setting; may be repeated.", HelpName = "name=value" };
    private static readonly Option<string?> Data = new("--data", "-d") { Description = "Directory of the data (default ./ouzel-data).", HelpName = "DIR" };
    private static readonly Option<bool> Memory = new("--memory") { Description = "Keep nothing on disk." };
    private static readonly Option<int?> Port = new("--port", "-p") { Description = "Port of the first listener (default 9092); 0 takes any free one.", HelpName = "N" };
    private static readonly Option<string?> ReadyFile = new("--ready-file") { Description = "File that holds host:port while requests are served.", HelpName = "FILE" };
    private static readonly Option<string[]> Topic = new("--topic", "-t") { Description = "Make this topic if it is missing; may be repeated.", HelpName = "name:partitions" };
    private static readonly Option<bool> Background = new("-daemon", "--daemon") { Description = "Run in the background; the log goes to $LOG_DIR/ouzel.out (default ./logs)." };
    private static readonly Option<string?> Detached = new(DetachedName) { Hidden = true };
    private static readonly Argument<string?> SettingsFile = new("FILE") { Description = "The same as --config FILE.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> LogFormat = new("--log-format") { Description = "Log lines for people (text) or machines (json).", HelpName = "text|json" };

    static StartCommand()
    {
        Set.Validators.Add(Each(v => v.IndexOf('=') > 0, v => $"--set {v}: write --set name=value, such as --set num.partitions=3"));
        Topic.Validators.Add(Each(v => TryTopic(v, out _), v => $"--topic {v}: write --topic name:partitions, such as --topic orders:3"));
        Topic.Validators.Add(Each(v => !TryTopic(v, out var topic) || TopicNames.Check(topic.Name) is null, v => $"--topic {v}: {TopicNames.Check(TryTopic(v, out var topic) ? topic.Name : v)}"));
        Topic.Validators.Add(Each(v => !TryTopic(v, out var topic) || topic.Partitions is null or <= Controller.PartitionsPerRequestMax, v => $"--topic {v}: a topic begins with at most {Controller.PartitionsPerRequestMax} partitions"));
        Port.Validators.Add(Each(v => ushort.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out _), v => $"--port {v}: a port is a number from 0 to 65535"));
        LogFormat.Validators.Add(Each(v => v is "text" or "json", v => $"--log-format {v}: write text or json"));
    }

    public static Command Build(BrokerHost host, Daemon daemon)
    {
        var command = new Command("start", "Starts a broker and serves until it is stopped.") { Config, Set, Data, Memory, Port, ReadyFile, Topic, LogFormat, Background, Detached, SettingsFile };
        command.Aliases.Add("serve");
        command.Validators.Add(result =>
        {
            if (result.GetResult(Memory) is { Implicit: false } && result.GetResult(Data) is not null)
            {
                result.AddError("--memory keeps nothing on disk, so --data has no meaning beside it: leave one out");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetResult(SettingsFile) is { Tokens.Count: > 0 } file && result.GetResult(Config) is not null)
            {
                result.AddError($"{file.Tokens[0].Value} and --config name two settings files: leave one out");
            }
        });
        command.SetAction((parsed, _) => RunAsync(parsed, host, daemon));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, BrokerHost host, Daemon daemon)
    {
        if (parsed.GetValue(Background))
        {
            return daemon.StartAsync([.. parsed.Tokens.Select(t => t.Value).Where(w => w != Background.Name && !Background.Aliases.Contains(w))]);
        }

        if (parsed.GetValue(Detached) is not null)
        {
            Daemon.LeaveSession();
        }

        return host.RunAsync(Read(parsed));
    }

    internal static StartArguments Read(ParseResult parsed) => new()
    {
        ConfigFile = parsed.GetValue(Config) ?? parsed.GetValue(SettingsFile),
        Settings = [.. (parsed.GetValue(Set) ?? []).Select(s => (s[..s.IndexOf('=')].Trim(), s[(s.IndexOf('=') + 1)..]))],
        Data = parsed.GetValue(Data),
        Memory = parsed.GetValue(Memory),
        Port = parsed.GetValue(Port),
        ReadyFile = parsed.GetValue(ReadyFile),
        Topics = [.. (parsed.GetValue(Topic) ?? []).Select(t => TryTopic(t, out var topic) ? topic : throw new InvalidOperationException("the validator let a wrong topic through"))],
        LogFormat = parsed.GetValue(LogFormat),
        DetachedFile = parsed.GetValue(Detached),
    };

    /// <summary>name:partitions; the number may be left out for the broker's num.partitions.</summary>
    private static bool TryTopic(string text, out (string Name, int? Partitions) topic)
    {
        var colon = text.LastIndexOf(':');
        topic = colon < 0 ? (text, null) : (text[..colon], null);
        if (topic.Name.Length == 0)
        {
            return false;
        }

        if (colon < 0)
        {
            return true;
        }

        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions) || partitions < 1)
        {
            return false;
        }

        topic.Partitions = partitions;
        return true;
    }

    private static Action<OptionResult> Each(Func<string, bool> isGood, Func<string, string> problem) => result =>
    {
        foreach (var token in result.Tokens.Where(t => !isGood(t.Value)))
        {
            result.AddError(problem(token.Value));
        }
    };
}

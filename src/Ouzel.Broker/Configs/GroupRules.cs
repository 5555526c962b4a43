using System.Globalization;
using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>
/// The values that settings of a group may take: within what the broker allows for groups of that kind. The broker's own defaults are held to the same.
/// </summary>
internal static class GroupRules
{
    private static readonly string[] Kinds = ["consumer", "share", "streams"];

    private static readonly (string Setting, string? Least, string? Most)[] Limits =
    [
        .. Kinds.SelectMany(k => new[] { Bounded(k, "session.timeout.ms"), Bounded(k, "heartbeat.interval.ms"), Bounded(k, "assignment.interval.ms") }),
        Bounded("share", "record.lock.duration.ms"), Bounded("share", "delivery.count.limit"), Bounded("share", "partition.max.record.locks"),
        ("streams.num.standby.replicas", null, "group.streams.max.standby.replicas"),
        ("streams.num.warmup.replicas", null, "group.streams.max.warmup.replicas"),
        ("streams.task.offset.interval.ms", "group.streams.min.task.offset.interval.ms", null),
    ];

    public static ConfigError? Check(IReadOnlyList<(string Name, string Value)> given, IReadOnlyDictionary<string, string> after, BrokerOptions options)
    {
        foreach (var (name, text) in given)
        {
            if (!SettingTables.Group.TryGet(name, out var setting))
            {
                return Invalid($"Unknown group config name: {name}");
            }

            if (!setting.TryParse(text, out _, out var problem))
            {
                return Invalid(problem);
            }

            if (ValueProblem(name, text, options) is { } why)
            {
                return Invalid($"Invalid value {text} for configuration {name}: {why}");
            }
        }

        foreach (var (name, least, most) in Limits)
        {
            var value = Value(name, after, options);
            if (least is not null && value < options.Values.Int(least))
            {
                return Invalid($"{name} must be greater than or equal to {least}");
            }

            if (most is not null && value > options.Values.Int(most))
            {
                return Invalid($"{name} must be less than or equal to {most}");
            }
        }

        foreach (var kind in Kinds)
        {
            var (timeout, interval) = ($"{kind}.session.timeout.ms", $"{kind}.heartbeat.interval.ms");
            if (Value(timeout, after, options) <= Value(interval, after, options))
            {
                return Invalid($"{timeout} must be greater than {interval}");
            }
        }

        return null;
    }

    /// <summary>Tells what is wrong with the broker's own defaults and bounds for groups; null when nothing is.</summary>
    public static string? BrokerProblem(SettingValues broker)
    {
        foreach (var (setting, least, most) in Limits)
        {
            var name = "group." + setting;
            var value = broker.Int(name);
            if (least is not null && most is not null && broker.Int(least) > broker.Int(most))
            {
                return $"{least} ({broker.Int(least)}) must be less than or equal to {most} ({broker.Int(most)})";
            }

            if (least is not null && value < broker.Int(least))
            {
                return $"{name} ({value}) must be greater than or equal to {least} ({broker.Int(least)})";
            }

            if (most is not null && value > broker.Int(most))
            {
                return $"{name} ({value}) must be less than or equal to {most} ({broker.Int(most)})";
            }
        }

        foreach (var kind in Kinds)
        {
            var (timeout, interval) = ($"group.{kind}.session.timeout.ms", $"group.{kind}.heartbeat.interval.ms");
            if (broker.Int(timeout) <= broker.Int(interval))
            {
                return $"{timeout} ({broker.Int(timeout)}) must be greater than {interval} ({broker.Int(interval)})";
            }
        }

        return null;
    }

    private static string? ValueProblem(string name, string text, BrokerOptions options) => name switch
    {
        // Any other text is taken, also one that no topic can be named by, as Kafka does.
        "errors.deadletterqueue.topic.name" when InternalTopicNames.IsInternal(text.Trim()) => "an internal topic takes no dead letters",
        "streams.assignor.name" when !options.StreamsGroups.Assignors.Contains(text.Trim()) =>
            $"it must be one of group.streams.assignors: {string.Join(", ", options.StreamsGroups.Assignors)}",
        "streams.rack.aware.assignment.tags" when IsTwice(text.Split(',', StringSplitOptions.TrimEntries)) => "a tag is named twice",
        _ => null,
    };

    private static bool IsTwice(string[] entries) => entries.Distinct(StringComparer.Ordinal).Count() < entries.Length;

    private static (string, string?, string?) Bounded(string kind, string what) => ($"{kind}.{what}", $"group.{kind}.min.{what}", $"group.{kind}.max.{what}");

    private static int Value(string name, IReadOnlyDictionary<string, string> after, BrokerOptions options) =>
        after.TryGetValue(name, out var text) ? int.Parse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : options.Values.Int("group." + name);

    private static ConfigError Invalid(string message) => new(ErrorCode.InvalidConfig, message);
}

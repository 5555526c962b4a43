using System.Globalization;
using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>What settings of a group may become: within what the broker allows for groups of that kind.</summary>
internal static class GroupRules
{
    private static readonly (string Setting, string? Least, string? Most)[] Limits =
    [
        ("consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms", "group.consumer.max.session.timeout.ms"),
        ("consumer.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms", "group.consumer.max.heartbeat.interval.ms"),
        ("share.session.timeout.ms", "group.share.min.session.timeout.ms", "group.share.max.session.timeout.ms"),
        ("share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", "group.share.max.heartbeat.interval.ms"),
        ("share.record.lock.duration.ms", "group.share.min.record.lock.duration.ms", "group.share.max.record.lock.duration.ms"),
        ("streams.session.timeout.ms", "group.streams.min.session.timeout.ms", "group.streams.max.session.timeout.ms"),
        ("streams.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms", "group.streams.max.heartbeat.interval.ms"),
        ("streams.num.standby.replicas", null, "group.streams.max.standby.replicas"),
    ];

    public static ConfigError? Check(IReadOnlyList<(string Name, string Value)> given, IReadOnlyDictionary<string, string> after, BrokerOptions options)
    {
        foreach (var (name, text) in given)
        {
            if (!SettingTables.Group.TryGet(name, out var setting))
                return new ConfigError(ErrorCode.InvalidConfig, $"Unknown group config name: {name}");
            if (!setting.TryParse(text, out _, out var problem))
                return new ConfigError(ErrorCode.InvalidConfig, problem);
        }

        foreach (var (name, least, most) in Limits)
        {
            var value = Value(name, after, options);
            if (least is not null && value < options.Values.Int(least))
                return new ConfigError(ErrorCode.InvalidConfig, $"{name} must be greater than or equal to {least}");
            if (most is not null && value > options.Values.Int(most))
                return new ConfigError(ErrorCode.InvalidConfig, $"{name} must be less than or equal to {most}");
        }

        foreach (var kind in new[] { "consumer", "share", "streams" })
        {
            var (timeout, interval) = ($"{kind}.session.timeout.ms", $"{kind}.heartbeat.interval.ms");
            if (Value(timeout, after, options) <= Value(interval, after, options))
                return new ConfigError(ErrorCode.InvalidConfig, $"{timeout} must be greater than {interval}");
        }

        return null;
    }

    private static int Value(string name, IReadOnlyDictionary<string, string> after, BrokerOptions options) =>
        after.TryGetValue(name, out var text) ? int.Parse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : options.Values.Int("group." + name);
}

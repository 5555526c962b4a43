using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>A topic's values in force: its own, else the broker's under the broker's names.</summary>
public sealed partial class TopicOptions
{
    /// <summary>The options of a topic.</summary>
    /// <param name="own">What is set on the topic, by name. A text that cannot be used any more is passed over.</param>
    /// <param name="broker">The broker's options in force.</param>
    public static TopicOptions Of(IReadOnlyDictionary<string, string> own, BrokerOptions broker) => From(Values(own, broker));

    internal static SettingValues Values(IReadOnlyDictionary<string, string> own, BrokerOptions broker)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in SettingTables.Topic.All)
        {
            if (own.TryGetValue(setting.Name, out var text) && setting.TryParse(text, out _, out _))
            {
                texts[setting.Name] = text;
            }
            else if (Inherited(setting, broker.Values) is { } inherited && setting.TryParse(inherited, out _, out _))
            {
                texts[setting.Name] = inherited;
            }
        }

        return new SettingValues(SettingTables.Topic, texts);
    }

    /// <summary>The first of the broker's settings that is set, in the topic's unit.</summary>
    private static string? Inherited(Setting setting, SettingValues broker)
    {
        foreach (var name in setting.Origins)
        {
            if (broker.Find(name) is not { } value)
            {
                continue;
            }

            var unitMs = name.EndsWith(".hours", StringComparison.Ordinal) ? 3_600_000L : name.EndsWith(".minutes", StringComparison.Ordinal) ? 60_000L : 0;
            if (unitMs == 0)
            {
                return Setting.Print(value);
            }

            var count = Convert.ToInt64(value, CultureInfo.InvariantCulture);
            return SettingText.Of(count < 0 ? -1 : count * unitMs);
        }

        return null;
    }
}

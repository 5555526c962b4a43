using System.Globalization;
using System.Xml;

namespace Ouzel.Broker.Configs;

/// <summary>Bounds, words and shapes of a value that has the right type already.</summary>
internal static class SettingCheck
{
    private const string ByDuration = "by_duration:";

    public static bool Passes(Setting setting, object value, out string problem)
    {
        problem = Bounds(setting, value) ?? Words(setting, value) ?? Form(setting.Form, value) ?? "";
        return problem.Length == 0;
    }

    private static string? Bounds(Setting setting, object value)
    {
        if (value is string or string[] or bool)
        {
            return null;
        }

        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (number == setting.Or)
        {
            return null;
        }

        if (number < setting.Min)
        {
            return $"Value must be at least {Setting.Bound(setting.Min)}";
        }

        return number > setting.Max ? $"Value must be no more than {Setting.Bound(setting.Max)}" : null;
    }

    private static string? Words(Setting setting, object value)
    {
        if (setting.Words.Count == 0)
        {
            return null;
        }

        var comparer = setting.AnyCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var entries = value is string[] list ? list : [(string)value];
        return entries.All(e => setting.Words.Contains(e, comparer)) ? null : $"String must be one of: {string.Join(", ", setting.Words)}";
    }

    private static string? Form(SettingForm form, object value) => form switch
    {
        SettingForm.NotEmpty when value is string { Length: 0 } => "String must be non-empty",
        SettingForm.NotEmptyList when value is string[] { Length: 0 } => "values must not be empty",
        SettingForm.ThrottledReplicas when !AreReplicas((string[])value) => "must be the literal '*' or a list of replicas in the form [partitionId]:[brokerId],[partitionId]:[brokerId],...",
        SettingForm.OffsetReset when !IsOffsetReset((string)value) => "must be latest, earliest or by_duration: and a length of time such as PT1H",
        SettingForm.HostCounts when !AreHostCounts((string)value) => "must be a list of limits in the form host:count,host:count,...",
        _ => null,
    };

    /// <summary>An address of IPv6 has colons of its own, so the last one counts.</summary>
    private static bool AreHostCounts(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(e =>
        e.LastIndexOf(':') is > 0 and var colon && int.TryParse(e.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static bool AreReplicas(string[] entries) => entries is ["*"] || entries.All(e =>
        e.Split(':') is [var partition, var broker]
        && int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && int.TryParse(broker, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static bool IsOffsetReset(string text)
    {
        if (text is "earliest" or "latest")
        {
            return true;
        }

        if (!text.StartsWith(ByDuration, StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            return XmlConvert.ToTimeSpan(text[ByDuration.Length..]) >= TimeSpan.Zero;
        }
        catch (FormatException)
        {
            return false;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}

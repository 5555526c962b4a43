using System.Text.RegularExpressions;
using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>The values that settings of a subscription to clients' metrics may take (KIP-714).</summary>
internal static class ClientMetricsRules
{
    private const int IntervalMinMs = 100;
    private const int IntervalMaxMs = 3_600_000;

    private static readonly string[] Selectors =
        ["client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port"];

    public static ConfigError? Check(IReadOnlyList<(string Name, string Value)> given)
    {
        foreach (var (name, text) in given)
        {
            if (!SettingTables.ClientMetrics.TryGet(name, out var setting))
            {
                return new ConfigError(ErrorCode.InvalidRequest, $"Unknown client metrics configuration: {name}");
            }

            if (!setting.TryParse(text, out var value, out var problem))
            {
                return new ConfigError(ErrorCode.InvalidConfig, problem);
            }

            if (value is int intervalMs and (< IntervalMinMs or > IntervalMaxMs))
            {
                return new ConfigError(ErrorCode.InvalidRequest, $"Invalid value {intervalMs} for {name}, interval must be between {IntervalMinMs} and {IntervalMaxMs} (1 hour)");
            }

            if (name == "match" && ((string[])value).FirstOrDefault(e => !IsPattern(e)) is { } wrong)
            {
                return new ConfigError(ErrorCode.InvalidConfig, $"Illegal client matching pattern: {wrong}");
            }
        }

        return null;
    }

    private static bool IsPattern(string entry)
    {
        // A pattern is one word behind one sign: "client_id=" and "client_id=b=c" select nobody in particular.
        if (entry.Split('=') is not [var selector, var pattern] || string.IsNullOrWhiteSpace(pattern) || !Selectors.Contains(selector.Trim(), StringComparer.Ordinal))
        {
            return false;
        }

        try
        {
            // Looked at only, never matched here: the engine without backtracking would be four hundred kilobytes of the program.
            _ = new Regex(pattern.Trim());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

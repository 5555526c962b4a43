using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>The facts of one setting: made by the generator from its declaration.</summary>
/// <param name="name">Kafka's name.</param>
/// <param name="type">Type that the property's C# type stands for.</param>
/// <param name="defaultText">Text of the default, null where there is none.</param>
/// <param name="documentation">One sentence.</param>
public sealed class Setting(string name, SettingType type, string? defaultText, string documentation)
{
    private string[]? _words;
    private string[]? _origins;

    /// <summary>Kafka's name.</summary>
    public string Name { get; } = name;

    /// <summary>Type of the value.</summary>
    public SettingType Type { get; init; } = type;

    /// <summary>Text of the default, null where there is none.</summary>
    public string? Default { get; } = defaultText;

    /// <summary>One sentence for DescribeConfigs and docs/config.md.</summary>
    public string Documentation { get; } = documentation;

    /// <inheritdoc cref="SettingAttribute.Dynamic"/>
    public DynamicMode Dynamic { get; init; }

    /// <inheritdoc cref="SettingAttribute.Min"/>
    public double Min { get; init; } = double.NaN;

    /// <inheritdoc cref="SettingAttribute.Max"/>
    public double Max { get; init; } = double.NaN;

    /// <inheritdoc cref="SettingAttribute.Or"/>
    public double Or { get; init; } = double.NaN;

    /// <inheritdoc cref="SettingAttribute.OneOf"/>
    public string OneOf { get; init; } = "";

    /// <inheritdoc cref="SettingAttribute.AnyCase"/>
    public bool AnyCase { get; init; }

    /// <inheritdoc cref="SettingAttribute.Form"/>
    public SettingForm Form { get; init; }

    /// <inheritdoc cref="SettingAttribute.From"/>
    public string From { get; init; } = "";

    /// <inheritdoc cref="SettingAttribute.Required"/>
    public bool Required { get; init; }

    /// <inheritdoc cref="SettingAttribute.Internal"/>
    public bool Internal { get; init; }

    /// <inheritdoc cref="SettingAttribute.Accepted"/>
    public bool Accepted { get; init; }

    /// <summary>Its value is never shown.</summary>
    public bool IsSensitive => Type == SettingType.Password;

    /// <summary>A running broker takes a new value.</summary>
    public bool IsDynamic => Dynamic != DynamicMode.ReadOnly;

    /// <summary>The words that are taken; empty when any is.</summary>
    public IReadOnlyList<string> Words => _words ??= Split(OneOf);

    /// <summary>Broker settings that a topic's value comes from, first one first.</summary>
    public IReadOnlyList<string> Origins => _origins ??= Split(From);

    /// <summary>The values that may be given, in the words Kafka's own tables use; null when anything of the type may.</summary>
    public string? Valid
    {
        get
        {
            if (Words.Count > 0)
            {
                return (AnyCase ? "(case insensitive) " : "") + $"[{string.Join(", ", Words)}]";
            }

            if (!double.IsNaN(Min))
            {
                var max = double.IsNaN(Max) ? "" : $",{Bound(Max)}";
                return $"[{Bound(Min)},...{max}]" + (double.IsNaN(Or) ? "" : $" or {Bound(Or)}");
            }

            return Form switch
            {
                SettingForm.NotNull => "non-null string",
                SettingForm.NotEmpty => "non-empty string",
                SettingForm.NotEmptyList => "non-empty list",
                SettingForm.ThrottledReplicas => "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
                SettingForm.OffsetReset => "[latest, earliest, by_duration:PnDTnHnMn.nS]",
                _ => null,
            };
        }
    }

    /// <summary>Reads a text as Kafka does: blanks around it do not count, numbers may carry a sign, units are not known.</summary>
    /// <param name="text">The text as given.</param>
    /// <param name="value">bool, int, short, long, double, string or string[].</param>
    /// <param name="problem">What is wrong, when false is returned.</param>
    public bool TryParse(string text, out object value, out string problem)
    {
        if (!SettingReader.TryRead(Type, text, out value, out var reason) || !SettingCheck.Passes(this, value, out reason))
        {
            problem = $"Invalid value {(IsSensitive ? "[hidden]" : text)} for configuration {Name}: {reason}";
            return false;
        }

        problem = "";
        return true;
    }

    /// <summary>The text as DescribeConfigs prints a value of this setting.</summary>
    public static string Print(object value) => value switch
    {
        bool b => SettingText.Of(b),
        int i => SettingText.Of(i),
        short s => SettingText.Of(s),
        long l => SettingText.Of(l),
        double d => SettingText.Of(d),
        string[] list => SettingText.Of(list),
        _ => (string)value,
    };

    /// <summary>The given text in the form DescribeConfigs prints: " +5" becomes "5".</summary>
    public string Normalize(string text) => TryParse(text, out var value, out _) ? Print(value) : text;

    internal static string Bound(double bound) => bound.ToString(CultureInfo.InvariantCulture);

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

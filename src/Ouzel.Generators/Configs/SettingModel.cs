namespace Ouzel.Generators.Configs;

/// <summary>One attributed property, reduced to text so that the pipeline can compare it.</summary>
internal sealed class SettingModel : IEquatable<SettingModel>
{
    public SettingModel(string owner, string scope, string property, string name, string reader, string type, string @default, string documentation, string arguments, string? broker, string brokerArguments, bool brokerHasDefault, string? problem)
    {
        Owner = owner;
        Scope = scope;
        Property = property;
        Name = name;
        Reader = reader;
        Type = type;
        Default = @default;
        Documentation = documentation;
        Arguments = arguments;
        Broker = broker;
        BrokerArguments = brokerArguments;
        BrokerHasDefault = brokerHasDefault;
        Problem = problem;
    }

    /// <summary>The options class.</summary>
    public string Owner { get; }

    /// <summary>Member of SettingScope.</summary>
    public string Scope { get; }

    public string Property { get; }

    /// <summary>Kafka's name, as a C# string literal.</summary>
    public string Name { get; }

    /// <summary>Method of SettingValues that reads the property.</summary>
    public string Reader { get; }

    /// <summary>Member of SettingType that the property's type stands for.</summary>
    public string Type { get; }

    /// <summary>C# expression of the default's text.</summary>
    public string Default { get; }

    public string Documentation { get; }

    /// <summary>The attribute's named arguments, which are also the names of Setting's properties.</summary>
    public string Arguments { get; }

    /// <summary>Name of the broker's setting that the declaration also is; null when there is none.</summary>
    public string? Broker { get; }

    /// <summary>The named arguments of the broker's setting.</summary>
    public string BrokerArguments { get; }

    /// <summary>The broker's setting has the same default; else it has none.</summary>
    public bool BrokerHasDefault { get; }

    /// <summary>The fault in the declaration, if any.</summary>
    public string? Problem { get; }

    public bool Equals(SettingModel? other) => other is not null && Key == other.Key;

    public override bool Equals(object? obj) => Equals(obj as SettingModel);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Key);

    private string Key => string.Join("\u0001", Owner, Scope, Property, Name, Reader, Type, Default, Documentation, Arguments, Broker, BrokerArguments, BrokerHasDefault, Problem);
}

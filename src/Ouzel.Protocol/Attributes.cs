namespace Ouzel.Protocol;

/// <summary>Marks the request of an API. Versions are written as in Kafka's schemas: "0-13", "3", "2+", "none".</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaRequestAttribute(ApiKey apiKey, string versions) : Attribute
{
    public ApiKey ApiKey { get; } = apiKey;
    public string Versions { get; } = versions;

    /// <summary>The versions with compact lengths and tag sections; null for none.</summary>
    public string? Flexible { get; set; }
}

/// <summary>Marks the response of an API; <see cref="KafkaRequestAttribute"/> explains the versions.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaResponseAttribute(ApiKey apiKey, string versions) : Attribute
{
    public ApiKey ApiKey { get; } = apiKey;
    public string Versions { get; } = versions;

    /// <summary>The versions with compact lengths and tag sections; null for none.</summary>
    public string? Flexible { get; set; }
}

/// <summary>Marks what a log keeps under a record type: a metadata record, or a coordinator's key or value.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaRecordAttribute(short type, string versions) : Attribute
{
    public short Type { get; } = type;
    public string Versions { get; } = versions;

    /// <summary>The versions with compact lengths and tag sections; null for none.</summary>
    public string? Flexible { get; set; }
}

/// <summary>Marks data that travels or rests without a type number: headers, control records, files, clients' blobs.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaDataAttribute(string versions) : Attribute
{
    public string Versions { get; } = versions;

    /// <summary>The versions with compact lengths and tag sections; null for none.</summary>
    public string? Flexible { get; set; }
}

/// <summary>Marks a structure nested in its message.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KafkaStructAttribute : Attribute
{
    /// <summary>Kafka's name, where the class could not take it because a property has it.</summary>
    public string? Name { get; set; }
}

/// <summary>The versions that have the field; without it, all have.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InAttribute(string versions) : Attribute
{
    public string Versions { get; } = versions;

    /// <summary>Writing a version that lacks the field drops its value; otherwise a value that is not the default is refused.</summary>
    public bool Ignorable { get; set; }
}

/// <summary>The field travels in the tag section of these versions.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TaggedAttribute(int tag, string versions) : Attribute
{
    public int Tag { get; } = tag;
    public string Versions { get; } = versions;

    /// <inheritdoc cref="InAttribute.Ignorable"/>
    public bool Ignorable { get; set; }
}

/// <summary>The versions in which the field may be null.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NullInAttribute(string versions) : Attribute
{
    public string Versions { get; } = versions;
}

/// <summary>The field keeps its old encoding in flexible versions too: only the client id of request headers.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NeverFlexibleAttribute : Attribute;

/// <summary>ToString shows that the field is there, never what it holds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

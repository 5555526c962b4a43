using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>Our attributes against Kafka's schemas. The newer schema speaks for the versions it has, the older one for those below.</summary>
public sealed class SchemaConformanceTests
{
    private static readonly Dictionary<string, JsonElement> New = Schemas("protocol/messages.json");
    private static readonly Dictionary<string, JsonElement> Old = Schemas("protocol/messages-old.json");

    private static Dictionary<string, JsonElement> Schemas(string file) => RecordedData.Json(file).EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!);

    public static TheoryData<string> SchemaNames()
    {
        var names = new TheoryData<string>();
        foreach (var name in New.Keys)
        {
            names.Add(name);
        }

        return names;
    }

    [Fact]
    public void Every_schema_has_its_class_and_every_class_its_schema() =>
        Assert.Equal(New.Keys.Union(Old.Keys).Order(StringComparer.Ordinal), MessageType.All.Select(t => t.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(SchemaNames))]
    public void A_message_has_the_fields_of_its_schema_in_every_version(string name)
    {
        var type = MessageType.Of(name);
        var range = Versions.Parse(Text(New[name], "validVersions"));
        var older = Old.TryGetValue(name, out var old) ? Versions.Parse(Text(old, "validVersions")) : Versions.None;
        Assert.Equal(older.Highest < 0 ? range.Lowest : Math.Min(range.Lowest, older.Lowest), type.Lowest);
        Assert.Equal(Math.Max(range.Highest, older.Highest), type.Highest);
        Assert.Equal(Kind(New[name]), Kind(type));
        for (var version = type.Lowest; version <= type.Highest; version++)
        {
            var schema = range.Contains(version) ? New[name] : old;
            Assert.Equal((version, Versions.Parse(Text(schema, "flexibleVersions")).Contains(version)), (version, type.IsFlexible(version)));
            var expected = new List<string>();
            Describe(schema, schema.GetProperty("fields"), version, "", expected);
            var actual = new List<string>();
            Describe(type.Type, version, "", actual);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(SchemaNames))]
    public void A_field_is_ignorable_where_a_schema_says_so(string name)
    {
        var expected = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        var type = MessageType.Of(name);
        foreach (var schema in new[] { New[name], Old.GetValueOrDefault(name) })
        {
            if (schema.ValueKind != JsonValueKind.Undefined)
            {
                CollectIgnorable(schema, schema.GetProperty("fields"), Fits(type), "", expected);
            }
        }

        var actual = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        CollectIgnorable(type.Type, "", actual);
        Assert.Equal(expected, actual);
    }

    private static Func<Versions, bool> Fits(MessageType type) => versions => versions.Lowest <= type.Highest && versions.Highest >= type.Lowest;

    private static string Kind(JsonElement schema) => Text(schema, "type") switch
    {
        "request" => $"request {schema.GetProperty("apiKey")}",
        "response" => $"response {schema.GetProperty("apiKey")}",
        "metadata" or "coordinator-key" or "coordinator-value" => $"record {schema.GetProperty("apiKey")}",
        _ => "data",
    };

    private static string Kind(MessageType type) =>
        type.Type.GetCustomAttribute<KafkaRequestAttribute>() is { } request ? $"request {(short)request.ApiKey}"
        : type.Type.GetCustomAttribute<KafkaResponseAttribute>() is { } response ? $"response {(short)response.ApiKey}"
        : type.Type.GetCustomAttribute<KafkaRecordAttribute>() is { } record ? $"record {record.Type}"
        : "data";

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static JsonElement Structure(JsonElement schema, JsonElement field, string type)
    {
        if (field.TryGetProperty("fields", out var fields))
        {
            return fields;
        }

        if (schema.TryGetProperty("commonStructs", out var shared))
        {
            foreach (var structure in shared.EnumerateArray())
            {
                if (Text(structure, "name") == type)
                {
                    return structure.GetProperty("fields");
                }
            }
        }

        return FindNested(schema.GetProperty("fields"), type) ?? throw new InvalidOperationException($"The schema has no structure {type}");
    }

    private static JsonElement? FindNested(JsonElement fields, string type)
    {
        foreach (var field in fields.EnumerateArray())
        {
            if (!field.TryGetProperty("fields", out var inner))
            {
                continue;
            }

            if (Text(field, "type")!.TrimStart('[', ']') == type)
            {
                return inner;
            }

            if (FindNested(inner, type) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static void Describe(JsonElement schema, JsonElement fields, int version, string path, List<string> lines)
    {
        foreach (var field in fields.EnumerateArray())
        {
            if (!Versions.Parse(Text(field, "versions")).Contains(version))
            {
                continue;
            }

            var type = Text(field, "type")!;
            var isList = type.StartsWith("[]", StringComparison.Ordinal);
            var element = isList ? type[2..] : type;
            var isStructure = char.IsUpper(element[0]);
            var mayBeNull = Versions.Parse(Text(field, "nullableVersions")).Contains(version);
            var tag = field.TryGetProperty("tag", out var number) ? number.GetInt32() : -1;
            var compact = Text(field, "flexibleVersions") == "none" ? "never compact" : "";
            lines.Add($"{path}{Text(field, "name")}: {type}, null {mayBeNull}, tag {tag}, default {Default(field, type)} {compact}");
            if (isStructure)
            {
                Describe(schema, Structure(schema, field, element), version, path + "  ", lines);
            }
        }
    }

    private static string Default(JsonElement field, string type)
    {
        var isList = type.StartsWith("[]", StringComparison.Ordinal);
        if (!field.TryGetProperty("default", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            if (type == "records")
            {
                return field.TryGetProperty("nullableVersions", out var nulls) && nulls.GetString() != "0" ? "null" : "empty";
            }

            if (isList || char.IsUpper(type[0]) || type is "string" or "bytes")
            {
                return "empty";
            }

            return type switch { "bool" => "False", "uuid" => Uuid.Zero.ToString(), _ => "0" };
        }

        var text = value.ToString();
        if (text == "null")
        {
            return "null";
        }

        if (text.Length == 0)
        {
            return "empty";
        }

        if (type == "bool")
        {
            return bool.Parse(text).ToString();
        }

        return text.StartsWith("0x", StringComparison.Ordinal) ? $"{Convert.ToInt64(text, 16)}" : $"{long.Parse(text)}";
    }

    private static void Describe(Type type, int version, string path, List<string> lines)
    {
        var fresh = Activator.CreateInstance(type)!;
        foreach (var field in MessageType.Fields(type))
        {
            if (!Versions.In(field).Contains(version))
            {
                continue;
            }

            var mayBeNull = Versions.NullIn(field).Contains(version);
            var tag = field.GetCustomAttribute<TaggedAttribute>()?.Tag ?? -1;
            var compact = field.GetCustomAttribute<NeverFlexibleAttribute>() is null ? "" : "never compact";
            lines.Add($"{path}{field.Name}: {SchemaType(field.PropertyType)}, null {mayBeNull}, tag {tag}, default {Default(field.GetValue(fresh))} {compact}");
            if (StructureOf(field.PropertyType) is { } structure)
            {
                Describe(structure, version, path + "  ", lines);
            }
        }
    }

    private static Type? StructureOf(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            type = type.GenericTypeArguments[0];
        }

        return type.GetCustomAttribute<KafkaStructAttribute>() is null ? null : type;
    }

    private static string SchemaType(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            return "[]" + SchemaType(type.GenericTypeArguments[0]);
        }

        if (type.GetCustomAttribute<KafkaStructAttribute>() is { } structure)
        {
            return structure.Name ?? type.Name;
        }

        if (type == typeof(ReadOnlyMemory<byte>))
        {
            return "bytes";
        }

        if (type == typeof(RecordsData))
        {
            return "records";
        }

        if (type == typeof(Uuid))
        {
            return "uuid";
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.SByte => "int8",
            TypeCode.Int16 => "int16",
            TypeCode.UInt16 => "uint16",
            TypeCode.Int32 => "int32",
            TypeCode.UInt32 => "uint32",
            TypeCode.Int64 => "int64",
            TypeCode.Double => "float64",
            TypeCode.String => "string",
            _ => type.Name,
        };
    }

    private static string Default(object? value) => value switch
    {
        null => "null",
        "" => "empty",
        IList { Count: 0 } => "empty",
        ReadOnlyMemory<byte> { Length: 0 } => "empty",
        RecordsData { Length: 0 } => "empty",
        Enum number => Convert.ToInt64(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ when value.GetType().GetCustomAttribute<KafkaStructAttribute>() is not null => "empty",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void CollectIgnorable(JsonElement schema, JsonElement fields, Func<Versions, bool> fits, string path, SortedDictionary<string, bool> found)
    {
        foreach (var field in fields.EnumerateArray())
        {
            if (!fits(Versions.Parse(Text(field, "versions"))))
            {
                continue;
            }

            var name = $"{path}/{Text(field, "name")}";
            var ignorable = field.TryGetProperty("ignorable", out var value) && bool.Parse(value.ToString());
            found[name] = ignorable || found.GetValueOrDefault(name);
            var element = Text(field, "type")!.TrimStart('[', ']');
            if (char.IsUpper(element[0]))
            {
                CollectIgnorable(schema, Structure(schema, field, element), fits, name, found);
            }
        }
    }

    private static void CollectIgnorable(Type type, string path, SortedDictionary<string, bool> found)
    {
        foreach (var field in MessageType.Fields(type))
        {
            var name = $"{path}/{field.Name}";
            found[name] = field.GetCustomAttribute<InAttribute>()?.Ignorable ?? field.GetCustomAttribute<TaggedAttribute>()?.Ignorable ?? false;
            if (StructureOf(field.PropertyType) is { } structure)
            {
                CollectIgnorable(structure, name, found);
            }
        }
    }
}

using System.Collections;
using System.Globalization;
using System.Text.Json;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>Values as the golden messages write them, turned into messages; and the comparison of two messages.</summary>
internal static class MessageValues
{
    private static readonly Dictionary<Type, Func<JsonElement, object?>> Scalars = new()
    {
        [typeof(bool)] = v => v.GetBoolean(),
        [typeof(sbyte)] = v => v.GetSByte(),
        [typeof(short)] = v => v.GetInt16(),
        [typeof(ErrorCode)] = v => (ErrorCode)v.GetInt16(),
        [typeof(ushort)] = v => v.GetUInt16(),
        [typeof(int)] = v => v.GetInt32(),
        [typeof(uint)] = v => v.GetUInt32(),
        [typeof(long)] = v => v.GetInt64(),
        [typeof(double)] = v => v.GetDouble(),
        [typeof(string)] = v => v.GetString(),
        [typeof(Uuid)] = v => new Uuid(Convert.FromHexString(v.GetString()!.Replace("-", "", StringComparison.Ordinal))),
        [typeof(ReadOnlyMemory<byte>)] = v => new ReadOnlyMemory<byte>(Convert.FromHexString(v.GetProperty("hex").GetString()!)),
        [typeof(RecordsData)] = v => new MemoryRecords(Convert.FromHexString(v.GetProperty("hex").GetString()!)),
    };

    public static void Fill(object target, JsonElement value)
    {
        foreach (var field in value.EnumerateObject())
        {
            if (field.Name == "_tags")
            {
                var tags = field.Value.EnumerateObject().Select(t => new UnknownTag(int.Parse(t.Name, CultureInfo.InvariantCulture), Convert.FromHexString(t.Value.GetString()!)));
                target.GetType().GetProperty("UnknownTags")!.SetValue(target, tags.ToList());
                continue;
            }

            var property = target.GetType().GetProperty(field.Name) ?? throw new InvalidOperationException($"{target.GetType().Name} has no {field.Name}");
            property.SetValue(target, ToObject(field.Value, property.PropertyType));
        }
    }

    private static object? ToObject(JsonElement value, Type type)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Scalars.TryGetValue(type, out var scalar))
        {
            return scalar(value);
        }

        if (type.IsGenericType)
        {
            var list = (IList)Activator.CreateInstance(type)!;
            foreach (var element in value.EnumerateArray())
            {
                list.Add(ToObject(element, type.GenericTypeArguments[0]));
            }

            return list;
        }

        var structure = Activator.CreateInstance(type)!;
        Fill(structure, value);
        return structure;
    }

    /// <summary>Finds where two messages differ; null when they do not.</summary>
    public static string? Difference(object? left, object? right, string path = "")
    {
        if (left is null || right is null)
        {
            return left is null && right is null ? null : $"{path}: {left ?? "null"} and {right ?? "null"}";
        }

        switch (left)
        {
            case string or bool or sbyte or short or ushort or int or uint or long or double or Uuid or ErrorCode:
                return left.Equals(right) ? null : $"{path}: {left} and {right}";
            case ReadOnlyMemory<byte> bytes:
                return bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)right).Span) ? null : $"{path}: bytes differ";
            case MemoryRecords records:
                return records.Span.SequenceEqual(((MemoryRecords)right).Span) ? null : $"{path}: records differ";
            case UnknownTag tag:
                var other = (UnknownTag)right;
                return tag.Tag == other.Tag && tag.Data.Span.SequenceEqual(other.Data.Span) ? null : $"{path}: tags differ";
            case IList list:
                var others = (IList)right;
                if (list.Count != others.Count)
                {
                    return $"{path}: {list.Count} and {others.Count} elements";
                }

                for (var i = 0; i < list.Count; i++)
                {
                    if (Difference(list[i], others[i], $"{path}[{i}]") is { } inside)
                    {
                        return inside;
                    }
                }

                return null;
        }

        foreach (var field in MessageType.Fields(left.GetType()))
        {
            if (Difference(field.GetValue(left), field.GetValue(right), $"{path}.{field.Name}") is { } inside)
            {
                return inside;
            }
        }

        var tags = left.GetType().GetProperty("UnknownTags")!;
        return Difference(tags.GetValue(left), tags.GetValue(right), $"{path}.UnknownTags");
    }
}

using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ouzel.Client.Serialization;

/// <summary>JSON text. One writer per thread is kept and pointed at each record's buffer.</summary>
internal sealed class JsonSerde<T>(JsonTypeInfo<T> typeInfo) : ISerde<T>
{
    [ThreadStatic]
    private static Utf8JsonWriter? _kept;

    public void Serialize(T value, IBufferWriter<byte> writer)
    {
        // Taken out while in use: a converter that itself serializes must not get the same one.
        var json = _kept ?? new Utf8JsonWriter(writer);
        _kept = null;
        json.Reset(writer);
        JsonSerializer.Serialize(json, value, typeInfo);
        json.Flush();
        _kept = json;
    }

    public T Deserialize(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, typeInfo)!;
        }
        catch (JsonException fault)
        {
            throw new FormatException($"no JSON of a {typeof(T).Name}: {fault.Message}", fault);
        }
    }
}

using System.Text.Json.Serialization.Metadata;
using Ouzel.Client.Serialization;

namespace Ouzel.Client;

/// <summary>The encodings that come with the client. Numbers, text and ids are the bytes that Kafka's own Java serializers write.</summary>
public static class Serdes
{
    /// <summary>UTF-8.</summary>
    public static ISerde<string> Text { get; } = new TextSerde();

    /// <summary>The bytes as they are.</summary>
    public static ISerde<byte[]> Bytes { get; } = new BytesSerde();

    /// <summary>The bytes as they are; reading copies them.</summary>
    public static ISerde<ReadOnlyMemory<byte>> Memory { get; } = new MemorySerde();

    /// <summary>Four bytes, big-endian.</summary>
    public static ISerde<int> Int32 { get; } = new Int32Serde();

    /// <summary>Eight bytes, big-endian.</summary>
    public static ISerde<long> Int64 { get; } = new Int64Serde();

    /// <summary>Eight bytes, IEEE 754, big-endian.</summary>
    public static ISerde<double> Double { get; } = new DoubleSerde();

    /// <summary>The 36 characters of the id's text, as Kafka's UUIDSerializer writes.</summary>
    public static ISerde<Guid> Guid { get; } = new GuidSerde();

    /// <summary>JSON through source-generated metadata, so that it works trimmed and compiled ahead of time: <c>Serdes.Json(ShopJson.Default.Order)</c>.</summary>
    public static ISerde<T> Json<T>(JsonTypeInfo<T> typeInfo) => new JsonSerde<T>(typeInfo);

    /// <summary>The encoding of a type that has an obvious one: string, byte[], ReadOnlyMemory of bytes, int, long, double, Guid.</summary>
    /// <exception cref="NotSupportedException">The type has none.</exception>
    public static ISerde<T> Of<T>() =>
        Text as ISerde<T> ?? Bytes as ISerde<T> ?? Memory as ISerde<T> ?? Int32 as ISerde<T> ?? Int64 as ISerde<T> ?? Double as ISerde<T> ?? Guid as ISerde<T>
        ?? throw new NotSupportedException($"There is no encoding for {typeof(T)} of itself: pass a serde, for example Serdes.Json(YourJsonContext.Default.{typeof(T).Name}).");
}

using System.Buffers;

namespace Ouzel.Client;

/// <summary>Turns a key or a value into the bytes of a record. Called on the thread that sends; must not keep the writer.</summary>
/// <typeparam name="T">The type of key or value. Null is written as "no key" or "no value" without asking the serializer.</typeparam>
public interface ISerializer<in T>
{
    /// <summary>Writes the bytes of <paramref name="value"/>; none means an empty key or value.</summary>
    void Serialize(T value, IBufferWriter<byte> writer);
}

/// <summary>Turns the bytes of a record into a key or a value.</summary>
/// <typeparam name="T">The type of key or value. A record without the key or value gives the type's default without asking the deserializer.</typeparam>
public interface IDeserializer<out T>
{
    /// <summary>Reads all of <paramref name="bytes"/>, which are only valid during the call.</summary>
    /// <exception cref="FormatException">The bytes are no such value.</exception>
    T Deserialize(ReadOnlySpan<byte> bytes);
}

/// <summary>Both directions in one object.</summary>
/// <typeparam name="T">The type of key or value.</typeparam>
public interface ISerde<T> : ISerializer<T>, IDeserializer<T>;

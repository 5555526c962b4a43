using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol;

/// <summary>Something with Kafka's encoding, in every version the class knows.</summary>
public interface IWireMessage
{
    /// <summary>
    /// Fills this instance from the wire. Lists, structures and strings that the instance already holds are used again, so an instance that is read
    /// over and over costs nothing once warm; bytes and records are slices of the reader's memory.
    /// </summary>
    /// <exception cref="WireFormatException">The bytes are no such message.</exception>
    /// <exception cref="MessageVersionException">The class does not know the version.</exception>
    void Read(ref WireReader reader, short version);

    /// <summary>Appends this instance to the writer.</summary>
    /// <exception cref="MessageVersionException">The version cannot carry what is set.</exception>
    void Write(WireWriter writer, short version);
}

/// <summary>The request of an API, tied to its response.</summary>
public interface IKafkaRequest<TResponse> : IWireMessage
    where TResponse : class, IKafkaResponse, new()
{
    static abstract ApiKey ApiKey { get; }
    static abstract short LowestVersion { get; }
    static abstract short HighestVersion { get; }

    /// <summary>True when the version has compact lengths and tag sections.</summary>
    static abstract bool IsFlexible(short version);
}

/// <summary>The response of an API.</summary>
public interface IKafkaResponse : IWireMessage
{
    /// <summary>The error of the response as a whole; none where it can only stand in its parts.</summary>
    ErrorCode TopError => ErrorCode.None;

    static abstract ApiKey ApiKey { get; }
    static abstract short LowestVersion { get; }
    static abstract short HighestVersion { get; }

    /// <inheritdoc cref="IKafkaRequest{TResponse}.IsFlexible"/>
    static abstract bool IsFlexible(short version);
}

/// <summary>Data outside requests and responses: headers, control records, files, clients' blobs.</summary>
public interface IKafkaData : IWireMessage
{
    static abstract short LowestVersion { get; }
    static abstract short HighestVersion { get; }

    /// <inheritdoc cref="IKafkaRequest{TResponse}.IsFlexible"/>
    static abstract bool IsFlexible(short version);
}

/// <summary>Data that a log keeps under a record type: a metadata record, or a coordinator's key or value.</summary>
public interface IKafkaRecord : IKafkaData
{
    static abstract short RecordType { get; }
}

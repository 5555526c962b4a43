using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol;

/// <summary>The header before every request's body.</summary>
/// <remarks>v0 belonged to ControlledShutdown. v1 ClientId. v2 flexible, yet the client id keeps its two-byte length.</remarks>
[KafkaData("0-2", Flexible = "2+")]
public sealed partial class RequestHeader : IKafkaData
{
    public short RequestApiKey { get; set; }
    public short RequestApiVersion { get; set; }
    public int CorrelationId { get; set; }
    [In("1+", Ignorable = true), NullIn("1+"), NeverFlexible] public string? ClientId { get; set; } = "";

    public ApiKey ApiKey => (ApiKey)RequestApiKey;
    public short ApiVersion => RequestApiVersion;

    /// <summary>Reads a header whose version follows from the api key and version in it. A null client id is read as "".</summary>
    /// <exception cref="WireFormatException">The api key is unknown or the bytes are no header.</exception>
    public static RequestHeader Read(ref WireReader reader)
    {
        var header = new RequestHeader();
        header.ReadNext(ref reader);
        return header;
    }

    /// <summary>As <see cref="Read(ref WireReader)"/>, into this instance: a connection keeps one.</summary>
    public void ReadNext(ref WireReader reader)
    {
        (RequestApiKey, RequestApiVersion, CorrelationId, ClientId) = (-1, -1, 0, "");
        var ahead = reader;
        RequestApiKey = ahead.ReadInt16();
        var key = (ApiKey)RequestApiKey;
        var version = ahead.ReadInt16();
        if (!ApiCatalog.IsServable(key))
        {
            // Nobody knows the version of its header, but all begin alike: who sent it is worth a line.
            Read(ref reader, 1);
            ClientId ??= "";
            throw new WireFormatException($"Unknown api key {(short)key}");
        }

        Read(ref reader, ApiCatalog.RequestHeaderVersion(key, version));
        ClientId ??= "";
    }

    /// <summary>Writes the header of a request of this key and version.</summary>
    public static void Write(WireWriter writer, ApiKey key, short version, int correlationId, string? clientId) =>
        new RequestHeader { RequestApiKey = (short)key, RequestApiVersion = version, CorrelationId = correlationId, ClientId = clientId }
            .Write(writer, ApiCatalog.RequestHeaderVersion(key, version));
}

/// <summary>The header before every response's body.</summary>
/// <remarks>v1 flexible.</remarks>
[KafkaData("0-1", Flexible = "1+")]
public sealed partial class ResponseHeader : IKafkaData
{
    public int CorrelationId { get; set; }

    /// <summary>Reads the header of a response to this key and version.</summary>
    public static ResponseHeader Read(ref WireReader reader, ApiKey key, short version)
    {
        var header = new ResponseHeader();
        header.Read(ref reader, ApiCatalog.ResponseHeaderVersion(key, version));
        return header;
    }

    /// <summary>Writes the header of a response to this key and version.</summary>
    public static void Write(WireWriter writer, ApiKey key, short version, int correlationId)
    {
        writer.WriteInt32(correlationId);
        if (ApiCatalog.ResponseHeaderVersion(key, version) >= 1)
        {
            writer.WriteUVarInt(0);
        }
    }
}

using System.Globalization;
using System.Text.Json;
using Ouzel.Protocol.Tests.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Wire;

public sealed class HeaderTests
{
    private static IEnumerable<JsonElement> OfKind(string kind) =>
        RecordedData.Lines("golden/wire/headers.jsonl").Where(l => l.GetProperty("kind").GetString() == kind);

    private static byte[] Bytes(JsonElement line) => Convert.FromHexString(line.GetProperty("hex").GetString()!);

    private static List<UnknownTag>? Tags(JsonElement line) =>
        line.TryGetProperty("tags", out var tags)
            ? [.. tags.EnumerateObject().Select(t => new UnknownTag(int.Parse(t.Name, CultureInfo.InvariantCulture), Convert.FromHexString(t.Value.GetString()!)))]
            : null;

    [Fact]
    public void A_request_header_reads_and_writes_as_recorded()
    {
        foreach (var line in OfKind("request"))
        {
            var expected = new RequestHeader
            {
                RequestApiKey = line.GetProperty("apiKey").GetInt16(),
                RequestApiVersion = line.GetProperty("apiVersion").GetInt16(),
                CorrelationId = line.GetProperty("correlationId").GetInt32(),
                ClientId = line.GetProperty("clientId").GetString(),
                UnknownTags = Tags(line),
            };
            var version = line.GetProperty("headerVersion").GetInt16();
            var read = new RequestHeader();
            Assert.Equal(0, MessageType.Read(read, version, Bytes(line)));
            Assert.Null(MessageValues.Difference(expected, read));
            Assert.Equal(line.GetProperty("hex").GetString(), Convert.ToHexStringLower(MessageType.Write(expected, version)));
            Assert.Equal(version, ApiCatalog.RequestHeaderVersion(expected.ApiKey, expected.ApiVersion));
        }
    }

    [Fact]
    public void A_response_header_reads_and_writes_as_recorded()
    {
        foreach (var line in OfKind("response"))
        {
            var expected = new ResponseHeader { CorrelationId = line.GetProperty("correlationId").GetInt32(), UnknownTags = Tags(line) };
            var version = line.GetProperty("headerVersion").GetInt16();
            var read = new ResponseHeader();
            Assert.Equal(0, MessageType.Read(read, version, Bytes(line)));
            Assert.Null(MessageValues.Difference(expected, read));
            Assert.Equal(line.GetProperty("hex").GetString(), Convert.ToHexStringLower(MessageType.Write(expected, version)));
        }
    }

    [Fact]
    public void Odd_request_headers_are_read_or_refused_as_a_broker_does()
    {
        foreach (var line in OfKind("request-bytes"))
        {
            var note = line.GetProperty("note").GetString();
            if (line.GetProperty("error").ValueKind != JsonValueKind.Null)
            {
                Assert.Throws<WireFormatException>(() => Read(line, out _));
                continue;
            }

            var header = Read(line, out var left);
            Assert.Equal((note, line.GetProperty("apiKey").GetInt16()), (note, header.RequestApiKey));
            Assert.Equal((note, line.GetProperty("apiVersion").GetInt16()), (note, header.RequestApiVersion));
            Assert.Equal((note, line.GetProperty("correlationId").GetInt32()), (note, header.CorrelationId));
            Assert.Equal((note, line.GetProperty("clientId").GetString()), (note, header.ClientId));
            Assert.Equal((note, line.GetProperty("left").GetInt32()), (note, left));
        }
    }

    private static RequestHeader Read(JsonElement line, out int left)
    {
        var reader = new WireReader(Bytes(line));
        var header = RequestHeader.Read(ref reader);
        left = reader.Remaining;
        return header;
    }

    [Fact]
    public void Every_served_version_has_the_header_Kafka_gives_it()
    {
        foreach (var api in RecordedData.Json("golden/wire/header-versions.json").EnumerateArray())
        {
            var key = (ApiKey)api.GetProperty("apiKey").GetInt16();
            Assert.Equal(api.GetProperty("name").GetString(), key.ToString());
            var lowest = short.Parse(api.GetProperty("versions").GetString()!.Split('-')[0], CultureInfo.InvariantCulture);
            Assert.Equal(Versions(api, "requestHeader"), Versions(api, "requestHeader").Select((_, i) => (int)ApiCatalog.RequestHeaderVersion(key, (short)(lowest + i))));
            Assert.Equal(Versions(api, "responseHeader"), Versions(api, "responseHeader").Select((_, i) => (int)ApiCatalog.ResponseHeaderVersion(key, (short)(lowest + i))));
        }
    }

    private static int[] Versions(JsonElement api, string name) => [.. api.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];

    [Fact]
    public void The_short_forms_write_what_the_headers_write()
    {
        using var writer = new WireWriter();
        RequestHeader.Write(writer, ApiKey.Metadata, 12, 42, "probe");
        Assert.Equal("0003000c0000002a000570726f626500", Convert.ToHexStringLower(writer.WrittenSpan));
        writer.Reset();
        ResponseHeader.Write(writer, ApiKey.Metadata, 12, 42);
        ResponseHeader.Write(writer, ApiKey.ApiVersions, 3, 42);
        Assert.Equal("0000002a000000002a", Convert.ToHexStringLower(writer.WrittenSpan));
        var reader = new WireReader(writer.WrittenMemory);
        Assert.Equal(42, ResponseHeader.Read(ref reader, ApiKey.Metadata, 12).CorrelationId);
        Assert.Equal(42, ResponseHeader.Read(ref reader, ApiKey.ApiVersions, 3).CorrelationId);
        Assert.Equal(0, reader.Remaining);
    }
}

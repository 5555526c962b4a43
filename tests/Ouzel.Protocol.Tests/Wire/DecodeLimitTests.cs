using System.Buffers.Binary;
using Ouzel.Protocol.Tests.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Wire;

/// <summary>Exactly as many elements and tagged fields as Kafka 4.4 takes are read, one more is refused, wherever they stand.</summary>
public sealed class DecodeLimitTests
{
    private delegate object? ReadList(ref WireReader reader, bool flexible);

    private static readonly Dictionary<string, (byte[] Classic, byte[] Compact, ReadList Read)> Lists = new()
    {
        ["int8"] = ([0], [0], (ref WireReader reader, bool flexible) => reader.ReadInt8List(flexible, null)),
        ["int16"] = ([0, 1], [0, 1], (ref WireReader reader, bool flexible) => reader.ReadInt16List(flexible, null)),
        ["int32"] = (new byte[4], new byte[4], (ref WireReader reader, bool flexible) => reader.ReadInt32List(flexible, null)),
        ["int64"] = (new byte[8], new byte[8], (ref WireReader reader, bool flexible) => reader.ReadInt64List(flexible, null)),
        ["uuid"] = (new byte[16], new byte[16], (ref WireReader reader, bool flexible) => reader.ReadUuidList(flexible, null)),
        ["string"] = ([0, 0], [1], (ref WireReader reader, bool flexible) => reader.ReadStringList(flexible, null)),
        ["structures"] = ([0], [0], (ref WireReader reader, bool flexible) => reader.ReadCount(flexible, 1, 1)),
    };

    public static TheoryData<string, bool> Forms()
    {
        var forms = new TheoryData<string, bool>();
        foreach (var kind in Lists.Keys)
        {
            forms.Add(kind, false);
            forms.Add(kind, true);
        }

        return forms;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_array_of_any_form_has_a_million_elements_and_no_more(string kind, bool flexible)
    {
        var (classic, compact, read) = Lists[kind];
        byte[] Bytes(int count) => [.. Count(count, flexible), .. Repeat(flexible ? compact : classic, count)];

        var reader = new WireReader(Bytes(DecodeLimits.ElementsMax));
        Assert.Equal(DecodeLimits.ElementsMax, read(ref reader, flexible) is System.Collections.ICollection list ? list.Count : DecodeLimits.ElementsMax);
        var error = Assert.Throws<WireFormatException>(() =>
        {
            var one = new WireReader(Bytes(DecodeLimits.ElementsMax + 1));
            read(ref one, flexible);
        });
        Assert.Contains("1000001 elements", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The bytes before an array in a message, one of its elements, and the bytes behind.</summary>
    [Theory]
    [InlineData("MetadataRequest", 12, "", true, "0000000000000000000000000000000000" + "00", "000000")] // compact, nullable
    [InlineData("MetadataRequest", 1, "", false, "0000", "")] // classic, nullable
    [InlineData("DescribeGroupsRequest", 5, "", true, "01", "0000")] // compact strings
    [InlineData("DescribeGroupsRequest", 0, "", false, "0000", "")] // classic strings
    [InlineData("CreateTopicsRequest", 7, "0201" + "00000000" + "0000" + "01", true, "010000", "00" + "00000000" + "00" + "00")] // nested in the first topic, compact
    [InlineData("CreateTopicsRequest", 2, "00000001" + "0000" + "00000000" + "0000" + "00000000", false, "0000ffff", "00000000" + "00")] // nested, classic
    [InlineData("ListOffsetsRequest", 6, "00000000" + "00" + "0201", true, "00000000" + "00000000" + "0000000000000000" + "00", "00" + "00")]
    [InlineData("OffsetFetchRequest", 1, "0000" + "00000001" + "0000", false, "00000000", "")] // nested integers
    [InlineData("ApiVersionsResponse", 3, "0000" + "01" + "00000000" + "01" + "0001", true, "01" + "0000" + "0000" + "00", "")] // in the first tagged field
    public void A_message_is_read_with_a_million_elements_and_refused_with_one_more(string name, int version, string before, bool flexible, string element, string behind)
    {
        byte[] Bytes(int count) =>
            [.. Convert.FromHexString(before), .. Count(count, flexible), .. Repeat(Convert.FromHexString(element), count), .. Convert.FromHexString(behind)];

        Assert.Equal(0, MessageType.Read(MessageType.Of(name).Create(), (short)version, Bytes(DecodeLimits.ElementsMax)));
        var error = Assert.Throws<WireFormatException>(() => MessageType.Read(MessageType.Of(name).Create(), (short)version, Bytes(DecodeLimits.ElementsMax + 1)));
        Assert.Contains("1000001 elements", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")] // of the body
    [InlineData("02" + "00000000000000000000000000000000" + "00", "000000")] // of a topic
    public void A_section_of_a_message_has_ten_thousand_tagged_fields_and_no_more(string before, string behind)
    {
        // MetadataRequest 12: topics, two flags, tags.
        byte[] Bytes(int count) => before.Length == 0
            ? [0, 0, 0, .. Tags(count)]
            : [.. Convert.FromHexString(before), .. Tags(count), .. Convert.FromHexString(behind)];

        Assert.Equal(0, MessageType.Read(MessageType.Of("MetadataRequest").Create(), 12, Bytes(DecodeLimits.TaggedFieldsMax)));
        var error = Assert.Throws<WireFormatException>(() => MessageType.Read(MessageType.Of("MetadataRequest").Create(), 12, Bytes(DecodeLimits.TaggedFieldsMax + 1)));
        Assert.Contains("10001 tagged fields", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_has_ten_thousand_tagged_fields_and_no_more()
    {
        // Metadata 12, correlation id 7, no client id.
        byte[] Bytes(int count) => [0, 3, 0, 12, 0, 0, 0, 7, 0xff, 0xff, .. Tags(count)];

        var reader = new WireReader(Bytes(DecodeLimits.TaggedFieldsMax));
        Assert.Equal(DecodeLimits.TaggedFieldsMax, RequestHeader.Read(ref reader).UnknownTags!.Count);
        var error = Assert.Throws<WireFormatException>(() =>
        {
            var one = new WireReader(Bytes(DecodeLimits.TaggedFieldsMax + 1));
            RequestHeader.Read(ref one);
        });
        Assert.Contains("10001 tagged fields", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ffffffff0f")] // -1
    [InlineData("8080808008")] // the least integer
    public void A_number_of_tagged_fields_that_reads_as_negative_is_refused(string count) =>
        Assert.Throws<WireFormatException>(() => MessageType.Read(MessageType.Of("MetadataRequest").Create(), 12, Convert.FromHexString("000000" + count)));

    private static byte[] Count(int count, bool flexible)
    {
        if (flexible)
        {
            return UVarInt(count + 1);
        }

        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        return bytes;
    }

    private static byte[] Tags(int count) => [.. UVarInt(count), .. Enumerable.Range(100, count).SelectMany(tag => UVarInt(tag).Append((byte)0))];

    private static byte[] UVarInt(int value)
    {
        using var writer = new WireWriter();
        writer.WriteUVarInt((uint)value);
        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Repeat(byte[] element, int count)
    {
        var bytes = new byte[element.Length * count];
        for (var at = 0; at < bytes.Length; at += element.Length)
        {
            element.CopyTo(bytes, at);
        }

        return bytes;
    }
}

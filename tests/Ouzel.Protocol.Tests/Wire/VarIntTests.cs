using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Wire;

public sealed class VarIntTests
{
    private static byte[] Bytes(JsonElement line) => Convert.FromHexString(line.GetProperty("hex").GetString()!);

    private static IEnumerable<JsonElement> Recorded(string file, string list) => RecordedData.Json($"golden/wire/{file}").GetProperty(list).EnumerateArray();

    [Fact]
    public void Recorded_numbers_read_and_write_alike()
    {
        var buffer = new byte[VarInt.Size64Max];
        foreach (var line in Recorded("varint.json", "signed"))
        {
            var value = line.GetProperty("value").GetInt32();
            Assert.Equal(Bytes(line), buffer[..VarInt.WriteZigZag(buffer, value)]);
            Assert.Equal(Bytes(line).Length, VarInt.SizeZigZag(value));
            Assert.Equal(Bytes(line).Length, VarInt.TryReadZigZag(Bytes(line), out int read));
            Assert.Equal(value, read);
        }

        foreach (var line in Recorded("varint.json", "unsigned"))
        {
            var value = (uint)line.GetProperty("value").GetInt64();
            Assert.Equal(Bytes(line), buffer[..VarInt.Write(buffer, value)]);
            Assert.Equal(Bytes(line).Length, VarInt.Size(value));
            Assert.Equal(Bytes(line).Length, VarInt.TryRead(Bytes(line), out uint read));
            Assert.Equal(value, read);
        }

        foreach (var line in Recorded("varlong.json", "signed"))
        {
            var value = line.GetProperty("value").GetInt64();
            Assert.Equal(Bytes(line), buffer[..VarInt.WriteZigZag(buffer, value)]);
            Assert.Equal(Bytes(line).Length, VarInt.SizeZigZag(value));
            Assert.Equal(Bytes(line).Length, VarInt.TryReadZigZag(Bytes(line), out long read));
            Assert.Equal(value, read);
        }
    }

    [Fact]
    public void Odd_encodings_are_read_or_refused_as_Kafka_does()
    {
        foreach (var line in Recorded("varint.json", "oddSigned"))
        {
            Odd(line, (ref WireReader r) => r.ReadVarInt());
        }

        foreach (var line in Recorded("varint.json", "oddUnsigned"))
        {
            Odd(line, (ref WireReader r) => r.ReadUVarInt());
        }

        foreach (var line in Recorded("varlong.json", "oddSigned"))
        {
            Odd(line, (ref WireReader r) => r.ReadVarLong());
        }
    }

    private delegate long Reading(ref WireReader reader);

    private static void Odd(JsonElement line, Reading read)
    {
        var hex = line.GetProperty("hex").GetString();
        if (line.GetProperty("error").ValueKind != JsonValueKind.Null)
        {
            Assert.Throws<WireFormatException>(() => Start(line, read, out _));
            return;
        }

        Assert.Equal((hex, line.GetProperty("value").GetInt64()), (hex, Start(line, read, out var left)));
        Assert.Equal((hex, line.GetProperty("left").GetInt32()), (hex, left));
    }

    private static long Start(JsonElement line, Reading read, out int left)
    {
        var reader = new WireReader(Bytes(line));
        var value = read(ref reader);
        left = reader.Remaining;
        return value;
    }

    [Fact]
    public void Any_number_comes_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), value =>
        {
            Span<byte> buffer = stackalloc byte[VarInt.Size64Max];
            var size = VarInt.WriteZigZag(buffer, value);
            return size == VarInt.SizeZigZag(value) && VarInt.TryReadZigZag(buffer[..size], out long read) == size && read == value;
        }).QuickCheckThrowOnFailure();
}

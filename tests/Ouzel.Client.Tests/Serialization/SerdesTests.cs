using System.Buffers;
using System.Text.Json.Serialization;

namespace Ouzel.Client.Tests.Serialization;

public sealed partial class SerdesTests
{
    [Fact]
    public void Values_have_the_bytes_of_Kafkas_serializers()
    {
        Assert.Equal("C3A4"u8.ToArray(), Hex(Serdes.Text, "ä"));
        Assert.Equal("FFFFFFFE"u8.ToArray(), Hex(Serdes.Int32, -2));
        Assert.Equal("0000000000000102"u8.ToArray(), Hex(Serdes.Int64, 258));
        Assert.Equal("3FF8000000000000"u8.ToArray(), Hex(Serdes.Double, 1.5));
        Assert.Equal("0a1b2c3d-0000-4000-8000-0000000000ff"u8.ToArray(), Bytes(Serdes.Guid, Guid.Parse("0a1b2c3d-0000-4000-8000-0000000000ff")));
        Assert.Equal("01FF"u8.ToArray(), Hex(Serdes.Bytes, [1, 255]));
    }

    [Fact]
    public void Values_come_back_as_they_were()
    {
        var id = Guid.Parse("0a1b2c3d-0000-4000-8000-0000000000ff");
        Assert.Equal(id, RoundTrip(Serdes.Of<Guid>(), id));
        Assert.Equal(new string('ö', 5000), RoundTrip(Serdes.Of<string>(), new string('ö', 5000)));
        Assert.Equal(int.MinValue, RoundTrip(Serdes.Of<int>(), int.MinValue));
        Assert.Equal(double.Epsilon, RoundTrip(Serdes.Of<double>(), double.Epsilon));
        Assert.Equal(new Order("a", 3), RoundTrip(Serdes.Json(Json.Default.Order), new Order("a", 3)));
    }

    [Fact]
    public void Bytes_that_are_no_such_value_are_refused()
    {
        Assert.Throws<FormatException>(() => Serdes.Int32.Deserialize([1, 2, 3]));
        Assert.Throws<FormatException>(() => Serdes.Guid.Deserialize("not an id"u8));
        Assert.Throws<FormatException>(() => Serdes.Json(Json.Default.Order).Deserialize("{"u8));
        Assert.Throws<NotSupportedException>(Serdes.Of<Order>);
    }

    private static T RoundTrip<T>(ISerde<T> serde, T value) => serde.Deserialize(Bytes(serde, value));

    private static byte[] Hex<T>(ISerde<T> serde, T value) => System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(Bytes(serde, value)));

    private static byte[] Bytes<T>(ISerde<T> serde, T value)
    {
        var writer = new ArrayBufferWriter<byte>();
        serde.Serialize(value, writer);
        return writer.WrittenSpan.ToArray();
    }

    internal sealed record Order(string Id, int Count);

    [JsonSerializable(typeof(Order))]
    private sealed partial class Json : JsonSerializerContext;
}

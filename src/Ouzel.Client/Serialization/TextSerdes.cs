using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Ouzel.Client.Serialization;

internal sealed class TextSerde : ISerde<string>
{
    private const int CountedFrom = 1024;

    public void Serialize(string value, IBufferWriter<byte> writer)
    {
        // Short text is not counted first; for long text three times its length would be asked for.
        var room = writer.GetSpan(value.Length <= CountedFrom ? Encoding.UTF8.GetMaxByteCount(value.Length) : Encoding.UTF8.GetByteCount(value));
        writer.Advance(Encoding.UTF8.GetBytes(value, room));
    }

    public string Deserialize(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

internal sealed class GuidSerde : ISerde<Guid>
{
    private const int TextLength = 36;

    public void Serialize(Guid value, IBufferWriter<byte> writer)
    {
        Utf8Formatter.TryFormat(value, writer.GetSpan(TextLength), out var written);
        writer.Advance(written);
    }

    public Guid Deserialize(ReadOnlySpan<byte> bytes) =>
        Utf8Parser.TryParse(bytes, out Guid value, out var read) && read == bytes.Length
            ? value
            : throw new FormatException("a Guid is 36 characters of text, such as 2f1b1d0e-8c55-4e0c-9c2a-0b7f6a1c9d3e");
}

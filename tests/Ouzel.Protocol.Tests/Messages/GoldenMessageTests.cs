using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>Thousands of messages as Apache Kafka 4.4.0 reads and writes them.</summary>
public sealed class GoldenMessageTests
{
    private const int LinesRecorded = 6093;

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (var file in Directory.GetFiles(RecordedData.Path("golden/messages"), "*.jsonl").Order(StringComparer.Ordinal))
        {
            files.Add(Path.GetFileNameWithoutExtension(file));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Bytes_read_as_the_recorded_value_and_the_value_is_written_as_the_bytes(string name)
    {
        var type = MessageType.Of(name);
        var reused = type.Create();
        var line = 0;
        foreach (var golden in RecordedData.Lines($"golden/messages/{name}.jsonl"))
        {
            line++;
            var version = golden.GetProperty("version").GetInt16();
            var bytes = Convert.FromHexString(golden.GetProperty("hex").GetString()!);
            var expected = type.Create();
            MessageValues.Fill(expected, golden.GetProperty("value"));

            var read = type.Create();
            Assert.True(MessageType.Read(read, version, bytes) == 0, $"line {line}: bytes are left");
            Assert.True(MessageValues.Difference(expected, read) is null, $"line {line}, version {version}: {MessageValues.Difference(expected, read)}");
            MessageType.Read(reused, version, bytes);
            Assert.True(MessageValues.Difference(expected, reused) is null, $"line {line}, read into a used instance: {MessageValues.Difference(expected, reused)}");
            Assert.True(bytes.AsSpan().SequenceEqual(MessageType.Write(expected, version)), $"line {line}, version {version}: written differently");
        }

        Assert.NotEqual(0, line);
    }

    [Fact]
    public void All_recorded_messages_are_looked_at() =>
        Assert.Equal(LinesRecorded, Files().Sum(file => RecordedData.Lines($"golden/messages/{file.Data}.jsonl").Count()));

    [Fact]
    public void A_version_the_class_does_not_know_is_refused()
    {
        foreach (var type in MessageType.All)
        {
            Assert.Throws<MessageVersionException>(() => MessageType.Write(type.Create(), (short)(type.Highest + 1)));
            Assert.Throws<MessageVersionException>(() => MessageType.Read(type.Create(), (short)(type.Lowest - 1), new byte[64]));
        }
    }
}

using System.Text.Json;
using Ouzel.Protocol.Tests.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Wire;

/// <summary>Odd and broken messages, and what Apache Kafka makes of them.</summary>
public sealed class MalformedMessageTests
{
    public static TheoryData<int, string> Recorded()
    {
        var cases = new TheoryData<int, string>();
        var index = 0;
        foreach (var line in RecordedData.Lines("golden/wire/malformed-messages.jsonl"))
        {
            cases.Add(index++, $"{line.GetProperty("message")}: {line.GetProperty("note")}");
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void An_odd_message_is_read_or_refused_as_Kafka_does(int index, string what)
    {
        var line = RecordedData.Lines("golden/wire/malformed-messages.jsonl").ElementAt(index);
        var message = MessageType.Of(line.GetProperty("message").GetString()!).Create();
        var version = line.GetProperty("version").GetInt16();
        var bytes = Convert.FromHexString(line.GetProperty("hex").GetString()!);
        if (line.GetProperty("error").ValueKind != JsonValueKind.Null)
        {
            Assert.Throws<WireFormatException>(() => MessageType.Read(message, version, bytes));
            return;
        }

        var left = MessageType.Read(message, version, bytes);
        Assert.True(line.GetProperty("left").GetInt32() == left, $"{what}: {left} bytes are left");
        var again = line.GetProperty("again").GetString()!;
        if (again.StartsWith('!'))
        {
            Assert.Throws<MessageVersionException>(() => MessageType.Write(message, version));
        }
        else
        {
            Assert.Equal(again, Convert.ToHexStringLower(MessageType.Write(message, version)));
        }
    }
}

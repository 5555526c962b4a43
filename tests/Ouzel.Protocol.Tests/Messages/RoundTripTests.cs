using FsCheck;
using FsCheck.Fluent;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>Every message that is written comes back, in every version.</summary>
public sealed class RoundTripTests
{
    private const int RunsPerVersion = 12;

    [Theory]
    [MemberData(nameof(MessageType.Names), MemberType = typeof(MessageType))]
    public void A_message_comes_back_as_it_was_written(string name)
    {
        var type = MessageType.Of(name);
        foreach (var version in type.Versions)
        {
            var reused = type.Create();
            var property = Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            {
                var message = RandomMessage.Of(type, version, seed);
                var bytes = MessageType.Write(message, version);
                var read = type.Create();
                Assert.Equal(0, MessageType.Read(read, version, bytes));
                Assert.Null(MessageValues.Difference(message, read));
                MessageType.Read(reused, version, bytes);
                Assert.Null(MessageValues.Difference(message, reused));
                Assert.Equal(bytes, MessageType.Write(reused, version));
            });
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(RunsPerVersion).WithQuietOnSuccess(true), property);
        }
    }

    [Theory]
    [MemberData(nameof(MessageType.Names), MemberType = typeof(MessageType))]
    public void A_reset_message_is_as_good_as_new(string name)
    {
        var type = MessageType.Of(name);
        var message = RandomMessage.Of(type, type.Highest, seed: 11);
        type.Type.GetMethod("Reset")!.Invoke(message, null);
        Assert.Null(MessageValues.Difference(type.Create(), message));
    }

    [Theory]
    [MemberData(nameof(MessageType.Names), MemberType = typeof(MessageType))]
    public void A_message_says_what_it_holds_in_one_bounded_line(string name)
    {
        var type = MessageType.Of(name);
        var line = RandomMessage.Of(type, type.Highest, seed: 5).ToString()!;
        Assert.StartsWith(name + "(", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.InRange(line.Length, name.Length + 2, 8192);
    }
}

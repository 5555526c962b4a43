using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

public sealed class SettingTests
{
    [Theory]
    [InlineData("retention.ms", " 60000 ", "60000")]
    [InlineData("retention.ms", "+5", "5")]
    [InlineData("segment.bytes", "01048576", "1048576")]
    [InlineData("preallocate", "TRUE", "true")]
    [InlineData("cleanup.policy", " compact , delete ", "compact,delete")]
    [InlineData("cleanup.policy", "compact,compact", "compact")]
    [InlineData("cleanup.policy", "", "")]
    [InlineData("min.cleanable.dirty.ratio", "1", "1.0")]
    [InlineData("min.cleanable.dirty.ratio", "5e-1", "0.5")]
    [InlineData("leader.replication.throttled.replicas", "*", "*")]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2", "0:1,1:2")]
    public void Texts_are_read_as_Kafka_reads_them(string name, string given, string printed)
    {
        Assert.True(SettingTables.Topic.TryGet(name, out var setting));
        Assert.True(setting.TryParse(given, out var value, out var problem), problem);
        Assert.Equal(printed, Setting.Print(value));
    }

    [Theory]
    [InlineData("retention.ms", "", "Invalid value  for configuration retention.ms: Not a number of type LONG")]
    [InlineData("retention.ms", "1h", "Invalid value 1h for configuration retention.ms: Not a number of type LONG")]
    [InlineData("max.message.bytes", "abc", "Invalid value abc for configuration max.message.bytes: Not a number of type INT")]
    [InlineData("segment.bytes", "10", "Invalid value 10 for configuration segment.bytes: Value must be at least 1048576")]
    [InlineData("compression.gzip.level", "10", "Invalid value 10 for configuration compression.gzip.level: Value must be no more than 9")]
    [InlineData("compression.gzip.level", "0", "Invalid value 0 for configuration compression.gzip.level: Value must be at least 1")]
    [InlineData("cleanup.policy", "shred", "Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete")]
    [InlineData("preallocate", "yes", "Invalid value yes for configuration preallocate: Expected value to be either true or false")]
    [InlineData("max.message.bytes", "2147483648", "Invalid value 2147483648 for configuration max.message.bytes: Not a number of type INT")]
    public void A_wrong_text_is_told_in_the_words_that_tools_know(string name, string given, string told)
    {
        Assert.True(SettingTables.Topic.TryGet(name, out var setting));
        Assert.False(setting.TryParse(given, out _, out var problem));
        Assert.Equal(told, problem);
    }

    [Fact]
    public void A_secret_is_not_repeated_in_a_message()
    {
        var secret = new Setting("some.password", SettingType.Password, null, "A secret for this test.") { OneOf = "a" };
        Assert.False(secret.TryParse("hunter2", out _, out var problem));
        Assert.DoesNotContain("hunter2", problem);
    }
}

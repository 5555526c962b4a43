using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Apis;

public sealed class AlterConfigsTests
{
    private const ConfigResourceType Topic = ConfigResourceType.Topic;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_not_named_falls_back_to_its_default(short version)
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t", ("retention.ms", "5000"), ("segment.ms", "70000"));
        Assert.Equal(ErrorCode.None, await bed.ReplaceAsync(Topic, "t", [("segment.ms", "80000"), ("flush.ms", "9000")], version));
        Assert.Equal("flush.ms=9000 segment.ms=80000", await bed.OwnAsync(Topic, "t"));
        Assert.Equal(ErrorCode.None, await bed.ReplaceAsync(Topic, "t", [], version));
        Assert.Equal("", await bed.OwnAsync(Topic, "t"));
    }

    [Fact]
    public async Task Mistakes_leave_everything_as_it_was()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t", ("retention.ms", "5000"));
        Assert.Equal(ErrorCode.InvalidConfig, await bed.ReplaceAsync(Topic, "t", [("no.such", "1")]));
        Assert.Equal(ErrorCode.InvalidConfig, await bed.ReplaceAsync(Topic, "t", [("flush.ms", "1000"), ("segment.ms", "x")]));
        Assert.Equal(ErrorCode.InvalidRequest, await bed.ReplaceAsync(Topic, "t", [("segment.ms", null)]));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await bed.ReplaceAsync(Topic, "unknown", [("segment.ms", "70000")]));
        Assert.Equal(ErrorCode.None, await bed.ReplaceAsync(Topic, "t", [("segment.ms", "70000")], validate: true));
        Assert.Equal("retention.ms=5000", await bed.OwnAsync(Topic, "t"));
    }
}

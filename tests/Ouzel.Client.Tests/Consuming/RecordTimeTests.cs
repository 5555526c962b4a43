using Ouzel.Client.Consuming;

namespace Ouzel.Client.Tests.Consuming;

/// <summary>The times of records in .NET.</summary>
public sealed class RecordTimeTests
{
    [Theory]
    [InlineData(-1, -1)]
    [InlineData(1_700_000_000_123, 1_700_000_000_123)]
    [InlineData(253_402_300_799_999, 253_402_300_799_999)]
    [InlineData(253_402_300_800_000, 253_402_300_799_999)]
    [InlineData(long.MaxValue, 253_402_300_799_999)]
    [InlineData(long.MinValue, -62_135_596_800_000)]
    public void A_time_that_there_is_not_becomes_the_nearest_that_there_is(long ms, long nearest) => Assert.Equal(nearest, RecordTime.Of(ms).ToUnixTimeMilliseconds());
}

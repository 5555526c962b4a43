namespace Ouzel.Client.Hosting.Tests.Handling;

/// <summary>Rules that a handler may be told, and those that it may not.</summary>
public sealed class HandlerBuilderTests
{
    [Fact]
    public void A_bound_of_attempts_needs_a_place_for_what_fails() => Refused(h => h.Retry(3), "DeadLetterTo or SkipFailed");

    [Fact]
    public void There_is_one_place_for_what_fails() => Refused(h => h.DeadLetterTo("dead").SkipFailed(), "choose one");

    [Fact]
    public void A_handler_does_not_read_its_own_dead_letters() => Refused(h => h.DeadLetterTo("orders"), "own dead letters");

    [Fact]
    public void A_handler_begins_somewhere() => Assert.Throws<ArgumentException>(() => new HandlerBuilder().StartFrom(StartPosition.None));

    [Fact]
    public void A_place_for_what_fails_bounds_the_attempts()
    {
        Assert.Equal(3, new HandlerBuilder().DeadLetterTo("dead").Build("g", ["orders"]).AttemptsMax);
        Assert.Equal(int.MaxValue, new HandlerBuilder().Build("g", ["orders"]).AttemptsMax);
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(9, 51_200)]
    [InlineData(10, 60_000)]
    [InlineData(1_000_000, 60_000)]
    public void Delays_double_up_to_the_longest(int attempt, int ms) =>
        Assert.Equal(ms, new HandlerBuilder().Build("g", ["orders"]).DelayAfter(attempt).TotalMilliseconds);

    private static void Refused(Action<HandlerBuilder> configure, string reason)
    {
        var builder = new HandlerBuilder();
        configure(builder);
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => builder.Build("billing", ["orders"])).Message, StringComparison.Ordinal);
    }
}

using Ouzel.Hosting;

namespace Ouzel.Tests.Hosting;

public sealed class HeapReturnTests
{
    private const long MiB = 1L << 20;

    private readonly HeapReturn _heap = new();

    [Fact]
    public void A_small_heap_is_left_alone() => Assert.False(Look(committedMib: 63, allocatedMib: 1));

    [Fact]
    public void A_large_heap_is_given_back_once_the_work_is_over()
    {
        Assert.False(Look(committedMib: 400, allocatedMib: 1000));
        Assert.False(Look(committedMib: 400, allocatedMib: 1100));
        Assert.True(Look(committedMib: 400, allocatedMib: 1101));
    }

    [Fact]
    public void What_lives_is_not_collected_for_again()
    {
        Look(committedMib: 400, allocatedMib: 0);
        _heap.OnCollected(new HeapFigures(300 * MiB, 0));
        Assert.False(Look(committedMib: 310, allocatedMib: 1));
        Assert.False(Look(committedMib: 370, allocatedMib: 2));
        Assert.True(Look(committedMib: 380, allocatedMib: 3));
    }

    private bool Look(long committedMib, long allocatedMib) => _heap.IsWorthWhile(new HeapFigures(committedMib * MiB, allocatedMib * MiB));
}

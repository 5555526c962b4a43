using Ouzel.Broker.Coordination;

namespace Ouzel.Broker.Tests.Coordination;

public sealed class DeadlinesTests
{
    [Fact]
    public void Deadlines_pass_in_their_order_and_once()
    {
        var deadlines = new Deadlines<string>();
        deadlines.Set("b", 20);
        deadlines.Set("a", 10);
        deadlines.Set("c", 20);
        Assert.Equal(10, deadlines.NextMs);
        Assert.Equal(["a", "b", "c"], Take(deadlines, 20));
        Assert.Null(deadlines.NextMs);
    }

    [Fact]
    public void A_deadline_moves_both_ways()
    {
        var deadlines = new Deadlines<string>();
        deadlines.Set("a", 10);
        deadlines.Set("a", 30);
        Assert.Empty(Take(deadlines, 29));
        deadlines.Set("a", 5);
        Assert.Equal(5, deadlines.NextMs);
        Assert.Equal(["a"], Take(deadlines, 100));
    }

    [Fact]
    public void A_cancelled_deadline_never_passes()
    {
        var deadlines = new Deadlines<string>();
        deadlines.Set("a", 10);
        deadlines.Cancel("a");
        Assert.Empty(Take(deadlines, 100));
        deadlines.Set("a", 50);
        Assert.Equal(["a"], Take(deadlines, 100));
    }

    [Fact]
    public void Random_changes_give_what_a_plain_list_gives()
    {
        var random = new Random(4);
        var deadlines = new Deadlines<int>();
        var plain = new Dictionary<int, long>();
        long now = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var key = random.Next(40);
            switch (random.Next(4))
            {
                case 0:
                    deadlines.Cancel(key);
                    plain.Remove(key);
                    break;
                case 1:
                    now += random.Next(5);
                    int[] due = [.. plain.Where(p => p.Value <= now).Select(p => p.Key).Order()];
                    Assert.Equal(due, Take(deadlines, now).Order());
                    due.ToList().ForEach(k => plain.Remove(k));
                    break;
                default:
                    var at = now + random.Next(50);
                    deadlines.Set(key, at);
                    plain[key] = at;
                    break;
            }

            Assert.Equal(plain.Count == 0 ? null : plain.Values.Min(), deadlines.NextMs);
        }
    }

    private static List<T> Take<T>(Deadlines<T> deadlines, long now)
        where T : notnull
    {
        var taken = new List<T>();
        while (deadlines.TryTake(now, out var key))
        {
            taken.Add(key);
        }

        return taken;
    }
}

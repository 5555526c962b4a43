namespace Ouzel.Interop.Tests;

/// <summary>The deeds of every client with a broker: written once, run by each of <see cref="ForeignClient.All"/>.</summary>
public abstract class ClientContract
{
    /// <summary>Session timeout of the members (6 s) with room for detection and the rebalance after it.</summary>
    private const int TakeOverSecondsMax = 25;
    private static readonly string Filler = string.Concat(Enumerable.Repeat("ouzel ", 40));
    private readonly SharedBroker _broker;

    internal ClientContract(SharedBroker broker, ForeignClient client)
    {
        _broker = broker;
        Client = client;
    }

    internal ForeignClient Client { get; }

    private string Address => _broker.Address;

    [Fact]
    public async Task Records_of_every_codec_come_back_as_they_were_sent()
    {
        foreach (var codec in Client.Codecs)
        {
            var topic = $"codec-{codec}-{Client.Name}";
            await Client.ProduceAsync(Address, topic, codec, 0, 50);
            Complete(await Client.ConsumeAsync(Address, topic, "beginning", 50), 0, 50, $"codec {codec}");
        }
    }

    [Fact]
    public async Task Reading_from_a_time_starts_at_the_first_record_of_that_time()
    {
        var topic = $"time-{Client.Name}";
        await Client.ProduceAsync(Address, topic, "none", 0, 20);
        await Task.Delay(20);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await Task.Delay(20);
        await Client.ProduceAsync(Address, topic, "gzip", 20, 20);
        Complete(await Client.ConsumeAsync(Address, topic, $"{now}", 20), 20, 20, "from a time");
    }

    [Fact]
    public async Task A_group_shares_partitions_through_joins_crashes_and_leaves()
    {
        string topic = $"group-{Client.Name}", group = $"members-of-{Client.Name}";
        await Client.ProduceAsync(Address, topic, "none", 0, 20);
        await using var first = new GroupMember(Client, Address, topic, group);
        await GroupWatch.UntilSharedAsync(SharedBroker.Partitions, TakeOverSecondsMax, first);
        await GroupWatch.UntilReadAsync(Enumerable.Range(0, 20), first);

        await using var second = new GroupMember(Client, Address, topic, group);
        await GroupWatch.UntilSharedAsync(SharedBroker.Partitions, TakeOverSecondsMax, second, first);
        Assert.NotEmpty(first.Owned!);
        Assert.NotEmpty(second.Owned!);
        await Client.ProduceAsync(Address, topic, "none", 20, 40);
        await GroupWatch.UntilReadAsync(Enumerable.Range(20, 40), first, second);
        GroupWatch.ReadOnce(first, second);

        await first.Program.KillAsync();
        await GroupWatch.UntilSharedAsync(SharedBroker.Partitions, TakeOverSecondsMax, second);
        await Client.ProduceAsync(Address, topic, "none", 60, 20);
        await GroupWatch.UntilReadAsync(Enumerable.Range(60, 20), second);
        GroupWatch.ReadOnce(second);

        // Whoever comes after a clean leave begins where the group stopped.
        await second.Program.LeaveAsync();
        await Client.ProduceAsync(Address, topic, "none", 80, 10);
        await using var third = new GroupMember(Client, Address, topic, group);
        await GroupWatch.UntilReadAsync(Enumerable.Range(80, 10), third);
        Assert.Equal(Enumerable.Range(80, 10), third.Numbers.Order());
        await third.Program.LeaveAsync();
    }

    [Fact]
    public async Task A_spare_member_waits_and_takes_over_and_another_group_gets_everything()
    {
        if (Client == ForeignClient.KafkaGo)
        {
            // This library gives up when it is assigned nothing; its members are two for the two partitions.
            await TwoGroupsAsync(members: 2);
            return;
        }

        await TwoGroupsAsync(members: 3);
    }

    [Fact]
    public async Task Records_offsets_and_members_outlive_a_stop_and_a_crash_of_the_broker()
    {
        await using var broker = await BrokerProcess.StartAsync("--set", "offsets.topic.num.partitions=5", "--topic", "kept:2");
        await Client.ProduceAsync(broker.Address, "kept", "none", 0, 20);
        await using (var member = new GroupMember(Client, broker.Address, "kept", "kept-members"))
        {
            await GroupWatch.UntilReadAsync(Enumerable.Range(0, 20), member);
            Assert.Equal(0, await broker.StopAsync());
            await broker.StartAgainAsync();
            await Client.ProduceAsync(broker.Address, "kept", "none", 20, 20);
            await GroupWatch.UntilReadAsync(Enumerable.Range(20, 20), member);
            await broker.KillAsync();
            await broker.StartAgainAsync();
            await Client.ProduceAsync(broker.Address, "kept", "none", 40, 10);
            await GroupWatch.UntilReadAsync(Enumerable.Range(40, 10), member);
            await member.Program.LeaveAsync();
        }

        await broker.KillAsync();
        await broker.StartAgainAsync();
        Complete(await Client.ConsumeAsync(broker.Address, "kept", "beginning", 50), 0, 50, "after three starts");
        await Client.ProduceAsync(broker.Address, "kept", "none", 50, 10);
        await using var successor = new GroupMember(Client, broker.Address, "kept", "kept-members");
        await GroupWatch.UntilReadAsync(Enumerable.Range(50, 10), successor);
        Assert.Equal(Enumerable.Range(50, 10), successor.Numbers.Order());
    }

    private async Task TwoGroupsAsync(int members)
    {
        string topic = $"spare-{Client.Name}", queue = $"queue-of-{Client.Name}";
        await using var alone = new GroupMember(Client, Address, topic, $"audience-of-{Client.Name}");
        var all = new List<GroupMember>();
        try
        {
            for (var i = 0; i < members; i++)
            {
                all.Add(new GroupMember(Client, Address, topic, queue));
            }

            await GroupWatch.UntilSharedAsync(2, TakeOverSecondsMax, [.. all]);
            await GroupWatch.UntilSharedAsync(2, TakeOverSecondsMax, alone);
            await Client.ProduceAsync(Address, topic, "none", 0, 20);
            await GroupWatch.UntilReadAsync(Enumerable.Range(0, 20), [.. all]);
            GroupWatch.ReadOnce([.. all]);

            var victim = all.First(m => m.Owned!.Count > 0);
            await victim.Program.KillAsync();
            GroupMember[] rest = [.. all.Where(m => m != victim)];
            await GroupWatch.UntilSharedAsync(2, TakeOverSecondsMax, rest);
            await Client.ProduceAsync(Address, topic, "none", 20, 20);
            await GroupWatch.UntilReadAsync(Enumerable.Range(20, 20), rest);
            await GroupWatch.UntilReadAsync(Enumerable.Range(0, 40), alone);
            GroupWatch.ReadOnce(alone);
        }
        finally
        {
            foreach (var member in all)
            {
                await member.DisposeAsync();
            }
        }
    }

    /// <summary>Exactly these numbers, each value whole, offsets of a partition without a gap or a repetition.</summary>
    internal static void Complete(List<Line> records, int first, int count, string where)
    {
        Assert.True(Enumerable.Range(first, count).SequenceEqual(records.Select(r => r.Number).Order()),
            $"{where}: expected {first} to {first + count - 1}, read {string.Join(' ', records.Select(r => r.Number).Order())}");
        Assert.All(records, r => Assert.Equal($"{r.Number}:{Filler}".TrimEnd(), r.Value!.TrimEnd()));
        foreach (var partition in records.GroupBy(r => r.Partition))
        {
            List<long> offsets = [.. partition.Select(r => r.Offset!.Value)];
            Assert.True(offsets.SequenceEqual(offsets.Order()) && offsets[^1] - offsets[0] == offsets.Count - 1, $"{where}: offsets of partition {partition.Key}: {string.Join(' ', offsets)}");
        }
    }
}

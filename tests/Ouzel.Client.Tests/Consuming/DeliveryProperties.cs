using Ouzel.Client.Tests.Consuming.Support;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Consuming;

/// <summary>Whatever members come and go: each partition's records are delivered in order, and with commits after handling none is lost.</summary>
public sealed class DeliveryProperties
{
    private const int Partitions = 5;
    private const int RecordsEach = 120;
    private const int MembersMax = 4;

    [Theory(Timeout = 120_000)]
    [InlineData(Assignor.Range, 1, false)]
    [InlineData(Assignor.RoundRobin, 2, false)]
    [InlineData(Assignor.Sticky, 3, false)]
    [InlineData(Assignor.CooperativeSticky, 4, false)]
    [InlineData(Assignor.CooperativeSticky, 5, false)]
    [InlineData(Assignor.Range, 6, true)]
    [InlineData(Assignor.CooperativeSticky, 7, true)]
    [InlineData(Assignor.CooperativeSticky, 8, true)]
    public async Task Every_record_is_delivered_in_order_whoever_joins_and_leaves(Assignor assignor, int seed, bool withFaults)
    {
        var random = new Random(seed);
        var tap = new WireTap();
        await using var server = await ServerUnderTest.StartAsync(("group.initial.rebalance.delay.ms", "0"));
        await using var client = await server.ConnectAsync(withFaults ? tap.ConnectAsync : null);
        await using var producer = await server.ConnectAsync();
        await producer.CreateTopicAsync("t", Partitions);
        var account = new Account();
        var options = new ConsumerOptions { Assignors = [assignor], HeartbeatIntervalMs = 10, AutoCommitIntervalMs = 20, OffsetReset = StartPosition.Earliest };
        List<GroupMember> members = [Join()];

        for (var turn = 0; turn < RecordsEach / 5; turn++)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                await producer.ProduceAsync("t", partition, Topics.Numbered("v", 5, from: turn * 5));
            }

            switch (random.Next(4))
            {
                case 0 when members.Count < MembersMax:
                    members.Add(Join());
                    break;
                case 1 when members.Count > 1:
                    var leaver = members[random.Next(members.Count)];
                    members.Remove(leaver);
                    await leaver.DisposeAsync();
                    Assert.Null(leaver.Fault);
                    break;
                case 2 when withFaults:
                    tap.Cut(random.GetItems([ApiKey.JoinGroup, ApiKey.SyncGroup, ApiKey.Heartbeat, ApiKey.Fetch, ApiKey.OffsetCommit, ApiKey.OffsetFetch], 1)[0]);
                    break;
            }

            await account.ReachedAsync(random.Next(1 + ((turn + 1) * 5 * Partitions)));
        }

        await account.ReachedAsync(RecordsEach * Partitions);
        foreach (var member in members)
        {
            await member.DisposeAsync();
            Assert.Null(member.Fault);
        }

        Assert.Null(account.Gap);

        GroupMember Join() => new(client, options, batch =>
        {
            account.Handle(batch);
            return Task.CompletedTask;
        });
    }

    /// <summary>The records delivered so far: one may come again, but none comes before all that stand before it have come.</summary>
    private sealed class Account
    {
        private readonly Lock _gate = new();
        private readonly long[] _next = new long[Partitions];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Gap { get; private set; }

        public void Handle(ConsumerBatch<string, string> batch)
        {
            lock (_gate)
            {
                ref var next = ref _next[batch.Partition.Partition];
                foreach (var record in batch.Records)
                {
                    if (record.Offset > next || record.Value != $"v{record.Offset}")
                    {
                        Gap ??= $"{record.Position} with {record.Value} came where {next} was next";
                    }

                    next = Math.Max(next, record.Offset + 1);
                }

                var changed = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed.SetResult();
            }
        }

        public async Task ReachedAsync(int records)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_next.Sum() >= records || Gap is not null)
                    {
                        return;
                    }

                    changed = _changed.Task;
                }

                await changed;
            }
        }
    }
}

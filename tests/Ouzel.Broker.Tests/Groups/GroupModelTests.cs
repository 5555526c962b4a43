using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>Random lives of a group, from a seed: whatever its members do, some things must always hold.</summary>
public sealed class GroupModelTests
{
    private const int Partitions = 6;

    [Theory]
    [InlineData(0)]
    [InlineData(3_000)]
    public void Whatever_members_do_the_promises_of_a_group_hold(int delayMs)
    {
        var parts = 0;
        for (var seed = 0; seed < 150; seed++)
        {
            parts += new Life(seed, delayMs, failovers: false, refusals: false).Run(300);
        }

        Assert.True(parts > 1_500, $"only {parts} parts were given out: these lives show little");
    }

    [Fact]
    public void They_hold_when_the_coordinator_changes()
    {
        var parts = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            parts += new Life(seed, 0, failovers: true, refusals: false).Run(300);
        }

        Assert.True(parts > 1_000, $"only {parts} parts were given out: these lives show little");
    }

    [Fact]
    public void They_hold_when_the_log_refuses_records()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            new Life(seed, 0, failovers: true, refusals: true).Run(300);
        }
    }

    private sealed class Life
    {
        private readonly int _seed;
        private readonly bool _failovers;
        private readonly bool _refusals;
        private readonly Random _random;
        private readonly GroupWorld _world;
        private readonly List<Client> _clients = [];
        private readonly List<(Reply Reply, string What)> _waiting = [];
        private readonly Dictionary<(int Generation, byte Partition), string> _owners = [];
        private readonly Dictionary<int, long> _committed = [];
        private readonly GroupShard _shadow;
        private int _logSeen;
        private int _storedGeneration;
        private int _parts;

        public Life(int seed, int delayMs, bool failovers, bool refusals)
        {
            (_seed, _failovers, _refusals) = (seed, failovers, refusals);
            _random = new Random(seed);
            _world = new GroupWorld(new GroupOptions { InitialRebalanceDelayMs = delayMs });
            _shadow = GroupWorld.EmptyShard(_world.Options);
        }

        /// <summary>Lives the life; how many parts were given out in it.</summary>
        public int Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                Step();
                Check($"seed {_seed}, step {i}");
            }

            // Quiet: everyone is gone. Nothing may wait for ever, and the group empties.
            _world.Advance(4 * 3_600_000);
            Check($"seed {_seed}, quiet");
            foreach (var (reply, what) in _waiting)
            {
                Assert.True(reply.IsSet, $"seed {_seed}: {what} waits for ever");
            }

            if (!_failovers)
            {
                Assert.True(_world.State() is null or ClassicGroupState.Empty, $"seed {_seed}: {_world.State()}");
            }

            return _parts;
        }

        private void Step()
        {
            if (_refusals && _random.Next(15) == 0)
            {
                _world.AppendErrors.Enqueue(ErrorCode.CoordinatorNotAvailable);
            }

            switch (_random.Next(_failovers ? 21 : 20))
            {
                case < 3 when _clients.Count < 6:
                    var instance = _random.Next(3) == 0 ? "i" + _random.Next(3) : null;
                    _clients.Add(new Client(_world.Member("m" + _world.Log.Count, sessionMs: 10_000, rebalanceMs: 8_000, instance: instance,
                        version: (short)(_random.Next(2) == 0 ? 9 : 3 + _random.Next(6)))));
                    break;
                case < 5:
                    _world.Advance(_random.Next(3_000));
                    break;
                case 5:
                    _world.Advance(_random.Next(12_000));
                    break;
                case 20:
                    // What waited at the old coordinator was failed by its runtime.
                    _waiting.Clear();
                    _clients.ForEach(c => (c.Join, c.Sync) = (null, null));
                    _world.Failover();
                    break;
                default:
                    if (_clients.Count > 0)
                    {
                        Act(_clients[_random.Next(_clients.Count)]);
                    }

                    break;
            }
        }

        private void Act(Client client)
        {
            var m = client.Member;
            TakeResponses(client);
            switch (_random.Next(12))
            {
                case 0:
                    // Crashes: says nothing any more.
                    _clients.Remove(client);
                    break;
                case 1:
                    m.Leave();
                    _clients.Remove(client);
                    break;
                case < 4 when client.Join is null && client.Sync is null:
                    m.Heartbeat();
                    break;
                case 4 when m.Generation >= 0:
                    var partition = _random.Next(3);
                    long offset = _random.Next(1_000);
                    if (_world.Commit("t", partition, offset, m.Generation, m.Id, m.Instance) == ErrorCode.None)
                    {
                        _committed[partition] = offset;
                    }

                    break;
                case 5:
                    m.Protocols = [("range", [(byte)_random.Next(3)])];
                    break;
                case 6 when client.Join is not null:
                    // Its connection broke and it asks again.
                    StartJoin(client);
                    break;
                default:
                    if (client.Join is null && client.Sync is null)
                    {
                        if (client.MustSync)
                        {
                            StartSync(client);
                        }
                        else
                        {
                            StartJoin(client);
                        }
                    }

                    break;
            }

            TakeResponses(client);
        }

        private void StartJoin(Client client)
        {
            client.MustSync = false;
            client.Join = client.Member.StartJoin();
            if (client.Join.IsSet && client.Join.Value.ErrorCode == ErrorCode.MemberIdRequired && _random.Next(5) > 0)
            {
                client.Member.Id = client.Join.Value.MemberId;
                client.Join = client.Member.StartJoin();
            }

            _waiting.Add((client.Join, $"a join of {client.Member.Label}"));
        }

        private void StartSync(Client client)
        {
            var m = client.Member;
            Dictionary<string, byte[]> plan = [];
            if (m.Leads && client.Others.Count > 0)
            {
                for (byte p = 0; p < Partitions; p++)
                {
                    var owner = client.Others[_random.Next(client.Others.Count)];
                    plan[owner] = [.. plan.GetValueOrDefault(owner, []), p];
                }
            }

            client.Sync = m.StartSync(plan);
            client.SyncGeneration = m.Generation;
            _waiting.Add((client.Sync, $"a sync of {m.Label}"));
        }

        private void TakeResponses(Client client)
        {
            var m = client.Member;
            if (client.Join is { IsSet: true } join)
            {
                client.Join = null;
                if (join.Value.ErrorCode == ErrorCode.None)
                {
                    m.Joined(join);
                    client.Others = [.. join.Value.Members.Select(x => x.MemberId)];
                    client.MustSync = true;
                }
                else if (join.Value.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
                {
                    (m.Id, m.Generation) = ("", -1);
                }
            }

            if (client.Sync is { IsSet: true } sync)
            {
                client.Sync = null;
                client.MustSync = false;
                if (sync.Value.ErrorCode == ErrorCode.None)
                {
                    Own(client.SyncGeneration, m.Instance ?? m.Id, sync.Value.Assignment.Span);
                }
                else if (sync.Value.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
                {
                    (m.Id, m.Generation) = ("", -1);
                }
            }
        }

        private void Own(int generation, string owner, ReadOnlySpan<byte> parts)
        {
            foreach (var partition in parts)
            {
                _parts++;
                var first = _owners.TryAdd((generation, partition), owner) ? owner : _owners[(generation, partition)];
                Assert.True(first == owner, $"seed {_seed}: in generation {generation} partition {partition} belongs to {first} and {owner}");
            }
        }

        private void Check(string when)
        {
            for (; _logSeen < _world.Log.Count; _logSeen++)
            {
                var record = _world.Log[_logSeen];
                _shadow.Apply(_logSeen, -1, record.Key, record.Value is { } value ? value : (ReadOnlyMemory<byte>?)null);
            }

            for (var p = 0; p < 3; p++)
            {
                Assert.True(_world.Position("t", p) == _committed.GetValueOrDefault(p, -1) || !_world.Shard.Groups.ContainsKey("g"), $"{when}: an offset changed by itself");
            }

            ClassicGroup? live = _world.Shard.Groups.GetValueOrDefault("g"), stored = _shadow.Groups.GetValueOrDefault("g");
            Assert.True((live is null) == (stored is null), $"{when}: live {live?.State}, stored {stored?.State}");
            if (live is null)
            {
                _storedGeneration = 0;
                _owners.Clear();
                _committed.Clear();
                return;
            }

            Assert.True(stored!.Generation >= _storedGeneration, $"{when}: the generation went back");
            _storedGeneration = stored.Generation;
            Assert.True(live.JoinedCount == live.Members.Count(m => m.Join is not null), $"{when}: joins are miscounted");
            if (live.State == ClassicGroupState.Stable || (live.State == ClassicGroupState.Empty && !_refusals))
            {
                Assert.Equal(Shown(live), Shown(stored));
            }
        }

        private static string Shown(ClassicGroup g) =>
            $"{g.State} {g.Generation} {g.ProtocolType} {g.Protocol} {(g.MemberCount > 0 ? g.LeaderId : null)} " + string.Join(' ', g.Members.Select(m =>
                $"{m.Id}/{m.InstanceId}/{m.SessionTimeoutMs}/{m.RebalanceTimeoutMs}/{Convert.ToHexString(m.MetadataFor(g.Protocol))}/{Convert.ToHexString(m.Assignment)}"));
    }

    private sealed class Client(TestMember member)
    {
        public TestMember Member { get; } = member;

        public Reply<JoinGroupResponse>? Join { get; set; }

        public Reply<SyncGroupResponse>? Sync { get; set; }

        public bool MustSync { get; set; }

        public int SyncGeneration { get; set; }

        public List<string> Others { get; set; } = [];
    }
}

using System.Text.Json;
using Ouzel.Client.Consuming.Assignors;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Consuming.Assignors;

/// <summary>Against what Apache Kafka's assignors answered.</summary>
public sealed class AssignorTests
{
    private static readonly JsonDocument GoldenFile = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Golden, "wire", "assignors.json")));

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var answer in GoldenFile.RootElement.GetProperty("answers").EnumerateArray())
        {
            if (PartitionAssignors.ByName(answer.GetProperty("assignor").GetString()) is not null)
            {
                cases.Add(answer.GetProperty("assignor").GetString()!, answer.GetProperty("input").GetString()!);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Partitions_are_divided_as_Kafka_divides_them(string assignor, string name)
    {
        var answer = GoldenFile.RootElement.GetProperty("answers").EnumerateArray().Single(a => a.GetProperty("assignor").GetString() == assignor && a.GetProperty("input").GetString() == name);
        var input = Read(GoldenFile.RootElement.GetProperty("inputs").EnumerateArray().Single(i => i.GetProperty("name").GetString() == name));

        var assignment = PartitionAssignors.Assign(PartitionAssignors.ByName(assignor)!.Value, input);

        if (answer.GetProperty("exact").GetBoolean())
        {
            Assert.Equal(Text(answer.GetProperty("assignment")), Text(assignment));
            return;
        }

        var all = input.Topics.Sum(t => input.PartitionCounts[t]);
        var claims = input.Members.SelectMany(m => m.Owned.Select(p => (m.Id, p))).Count(c => assignment[c.Id].Contains(c.p));
        Assert.Equal(answer.GetProperty("least").GetInt32(), assignment.Values.Min(p => p.Count));
        Assert.Equal(answer.GetProperty("most").GetInt32(), assignment.Values.Max(p => p.Count));
        Assert.Equal(answer.GetProperty("unassigned").GetInt32(), all - assignment.Values.Sum(p => p.Count));
        var kept = answer.GetProperty("kept");
        Assert.InRange(claims, kept.ValueKind == JsonValueKind.Array ? kept[0].GetInt32() : kept.GetInt32(), kept.ValueKind == JsonValueKind.Array ? kept[1].GetInt32() : kept.GetInt32());
    }

    [Fact]
    public void Kafka_s_answers_of_all_four_assignors_are_there() =>
        Assert.Equal(4, Cases().Select(c => c.Data.Item1).Distinct().Count());

    [Theory]
    [InlineData(Assignor.Sticky)]
    [InlineData(Assignor.CooperativeSticky)]
    public void A_member_without_a_subscription_gets_nothing(Assignor assignor)
    {
        var input = new AssignmentInput([Member("idle"), Member("busy", "a")], new Dictionary<string, int> { ["a"] = 3 });

        var assignment = PartitionAssignors.Assign(assignor, input);

        Assert.Empty(assignment["idle"]);
        Assert.Equal(3, assignment["busy"].Count);
    }

    [Theory]
    [InlineData(Assignor.Range)]
    [InlineData(Assignor.RoundRobin)]
    [InlineData(Assignor.Sticky)]
    [InlineData(Assignor.CooperativeSticky)]
    public void Every_partition_goes_to_one_member_that_wants_it(Assignor assignor)
    {
        var random = new Random(7);
        for (var turn = 0; turn < 300; turn++)
        {
            var counts = Enumerable.Range(0, random.Next(1, 5)).ToDictionary(i => $"t{i}", _ => random.Next(1, 9));
            MemberView[] members = [.. Enumerable.Range(0, random.Next(1, 7)).Select(i => Member($"m{i}", [.. counts.Keys.Where(_ => random.Next(3) > 0)]))];
            var owned = members.ToDictionary(m => m.Id, _ => new List<TopicPartition>());
            for (var round = 0; round < 3; round++)
            {
                var input = new AssignmentInput(members.Select(m => m with { Owned = owned[m.Id], Generation = round }), counts);
                var assignment = PartitionAssignors.Assign(assignor, input);

                var given = assignment.SelectMany(a => a.Value.Select(p => (a.Key, p))).ToList();
                Assert.Equal(given.Count, given.Select(g => g.p).Distinct().Count());
                Assert.All(given, g => Assert.Contains(g.p.Topic, members.Single(m => m.Id == g.Key).Topics));
                if (round == 2 || assignor != Assignor.CooperativeSticky)
                {
                    Assert.Equal(input.Topics.Sum(t => counts[t]), given.Count);
                }

                owned = assignment;
            }
        }
    }

    private static MemberView Member(string id, params string[] topics) => new(id, null, null, topics, [], -1);

    private static AssignmentInput Read(JsonElement input)
    {
        var members = input.GetProperty("members").EnumerateObject().Select(m => new MemberView(
            m.Name,
            m.Value.TryGetProperty("instance", out var instance) ? instance.GetString() : null,
            m.Value.TryGetProperty("rack", out var rack) ? rack.GetString() : null,
            [.. m.Value.GetProperty("topics").EnumerateArray().Select(t => t.GetString()!)],
            m.Value.TryGetProperty("owned", out var owned) ? [.. owned.EnumerateObject().SelectMany(t => t.Value.EnumerateArray().Select(p => new TopicPartition(t.Name, p.GetInt32())))] : [],
            m.Value.TryGetProperty("generation", out var generation) ? generation.GetInt32() : -1));
        var counts = input.GetProperty("topics").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.GetInt32());
        var racks = new Dictionary<TopicPartition, HashSet<string>>();
        if (input.TryGetProperty("racks", out var byTopic))
        {
            foreach (var topic in byTopic.EnumerateObject())
            {
                foreach (var (partition, names) in topic.Value.EnumerateArray().Index())
                {
                    racks[new TopicPartition(topic.Name, partition)] = [.. names.EnumerateArray().Select(n => n.GetString()!)];
                }
            }
        }

        return new AssignmentInput(members, counts, racks);
    }

    private static string Text(JsonElement assignment) => string.Join("; ", assignment.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).Select(m =>
        $"{m.Name}: {string.Join(' ', m.Value.EnumerateObject().OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => t.Value.EnumerateArray().Select(p => p.GetInt32()).Order().Select(p => $"{t.Name}-{p}")))}"));

    private static string Text(Dictionary<string, List<TopicPartition>> assignment) => string.Join("; ", assignment.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m =>
        $"{m.Key}: {string.Join(' ', m.Value.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition))}"));
}

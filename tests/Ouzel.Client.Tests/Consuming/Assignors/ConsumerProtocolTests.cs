using System.Text.Json;
using Ouzel.Client.Consuming.Assignors;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Tests.Consuming.Assignors;

/// <summary>Against the bytes that Apache Kafka's consumers write.</summary>
public sealed class ConsumerProtocolTests
{
    private static readonly JsonDocument GoldenFile = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Golden, "wire", "consumer-protocol.json")));

    [Fact]
    public void A_subscription_is_read_as_Kafka_reads_it()
    {
        foreach (var golden in GoldenFile.RootElement.GetProperty("subscriptions").EnumerateArray())
        {
            var view = ConsumerProtocol.ReadSubscription(Assignor.Range, "m", null, Bytes(golden.GetProperty("hex")));

            var expected = golden.GetProperty("out");
            Assert.Equal(expected.GetProperty("topics").EnumerateArray().Select(t => t.GetString()), view.Topics);
            Assert.Equal(Partitions(expected.GetProperty("owned")), view.Owned.ToHashSet());
            Assert.Equal(expected.GetProperty("generation").ValueKind == JsonValueKind.Null ? -1 : expected.GetProperty("generation").GetInt32(), view.Generation);
        }
    }

    [Fact]
    public void A_subscription_is_written_as_Kafka_writes_it()
    {
        var compared = 0;
        foreach (var golden in GoldenFile.RootElement.GetProperty("subscriptions").EnumerateArray().Where(g => g.GetProperty("version").GetInt32() == 3))
        {
            var input = golden.GetProperty("in");
            if (input.GetProperty("userData").ValueKind != JsonValueKind.Null)
            {
                // The assignors here write no user data of the application's.
                continue;
            }

            var memory = new MemberMemory([], input.GetProperty("generation").ValueKind == JsonValueKind.Null ? -1 : input.GetProperty("generation").GetInt32());
            var topics = input.GetProperty("topics").EnumerateArray().Select(t => t.GetString()!);
            var written = ConsumerProtocol.WriteSubscription(Assignor.Range, topics, [.. Partitions(input.GetProperty("owned"))], memory, input.GetProperty("rack").GetString());

            Assert.Equal(golden.GetProperty("hex").GetString(), Convert.ToHexStringLower(written));
            compared++;
        }

        Assert.True(compared > 1);
    }

    [Fact]
    public void An_assignment_is_read_and_written_as_Kafka_does()
    {
        foreach (var golden in GoldenFile.RootElement.GetProperty("assignments").EnumerateArray())
        {
            var read = ConsumerProtocol.ReadAssignment(Bytes(golden.GetProperty("hex")));

            Assert.Equal(Partitions(golden.GetProperty("out").GetProperty("partitions")), read.ToHashSet());
        }

        var single = GoldenFile.RootElement.GetProperty("assignments").EnumerateArray().Single(g => g.GetProperty("version").GetInt32() == 3 && g.GetProperty("in").GetProperty("partitions").GetRawText().Replace(" ", "", StringComparison.Ordinal) == """{"a":[0]}""");
        Assert.Equal(single.GetProperty("hex").GetString(), Convert.ToHexStringLower(ConsumerProtocol.WriteAssignment([new TopicPartition("a", 0)])));
    }

    [Fact]
    public void Odd_bytes_are_read_or_refused_as_Kafka_does()
    {
        // Kafka cannot read no bytes at all; here they say that there is nothing.
        var odd = GoldenFile.RootElement.GetProperty("odd").EnumerateArray();
        foreach (var golden in odd.Where(g => g.GetProperty("error").ValueKind == JsonValueKind.Null || g.GetProperty("hex").GetString() != ""))
        {
            var bytes = Bytes(golden.GetProperty("hex"));
            var read = () => golden.GetProperty("kind").GetString() == "subscription"
                ? (object)ConsumerProtocol.ReadSubscription(Assignor.Range, "m", null, bytes)
                : ConsumerProtocol.ReadAssignment(bytes);
            if (golden.GetProperty("error").ValueKind == JsonValueKind.Null)
            {
                Assert.NotNull(read());
            }
            else
            {
                Assert.ThrowsAny<WireFormatException>(read);
            }
        }
    }

    [Fact]
    public void The_user_data_of_the_sticky_assignors_is_Kafka_s()
    {
        foreach (var golden in GoldenFile.RootElement.GetProperty("stickyUserData").EnumerateArray())
        {
            var memory = golden.TryGetProperty("assigned", out var assigned)
                ? new MemberMemory([.. Partitions(assigned)], golden.GetProperty("generation").GetInt32())
                : MemberMemory.None;
            foreach (var assignor in new[] { Assignor.Sticky, Assignor.CooperativeSticky })
            {
                var expected = golden.GetProperty(PartitionAssignors.NameOf(assignor));
                var written = StickyUserData.Write(assignor, memory);

                Assert.Equal(expected.ValueKind == JsonValueKind.Null ? 0 : expected.GetString()!.Length / 2, written?.Length ?? 0);
                var read = StickyUserData.Read(assignor, expected.ValueKind == JsonValueKind.Null ? null : Bytes(expected));
                Assert.Equal(memory.Generation, read.Generation);
                Assert.Equal(assignor == Assignor.Sticky ? memory.Assigned.ToHashSet() : [], read.Assigned.ToHashSet());
            }
        }
    }

    private static HashSet<TopicPartition> Partitions(JsonElement byTopic) => [.. byTopic.EnumerateObject().SelectMany(t => t.Value.EnumerateArray().Select(p => new TopicPartition(t.Name, p.GetInt32())))];

    private static ReadOnlyMemory<byte> Bytes(JsonElement hex) => Convert.FromHexString(hex.GetString()!);
}

using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Tests.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Wire;

public sealed class DecodeBudgetTests
{
    private const int SeedsPerVersion = 8;

    /// <summary>The bytes that the message itself holds in place (records of a single field) and the test's own reading.</summary>
    private const int Always = 256;

    /// <summary>The charge may be more than what is made: a list that the constructor made is counted in the element and when it is filled.</summary>
    private const int ChargedPerByteMax = 3;

    [Theory]
    [MemberData(nameof(MessageType.Names), MemberType = typeof(MessageType))]
    public void What_is_charged_covers_what_decoding_allocates_and_is_of_its_size(string name)
    {
        var type = MessageType.Of(name);
        foreach (var version in type.Versions)
        {
            for (var seed = 0; seed < SeedsPerVersion; seed++)
            {
                var bytes = MessageType.Write(RandomMessage.Of(type, version, seed), version);
                Decode(type.Create(), version, bytes); // what is made once in a process is nobody's
                var (allocated, charged) = Decode(type.Create(), version, bytes);
                Assert.True(allocated <= charged + Always, $"version {version}, seed {seed}: {charged} charged, {allocated} allocated");
                Assert.True(charged <= (allocated * ChargedPerByteMax) + Always, $"version {version}, seed {seed}: {charged} charged, only {allocated} allocated");
            }
        }
    }

    private static (long Allocated, long Charged) Decode(IWireMessage message, short version, byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        message.Read(ref reader, version);
        return (GC.GetAllocatedBytesForCurrentThread() - before, reader.DecodedBytes);
    }

    [Fact]
    public void A_million_small_elements_are_charged_before_they_are_made()
    {
        // CreateTopics 7 with a million configs of three bytes in its only topic.
        byte[] frame = [2, 1, 0, 0, 0, 0, 0, 0, 1, .. Varint(DecodeLimits.ElementsMax + 1), .. Enumerable.Repeat<byte[]>([1, 0, 0], DecodeLimits.ElementsMax).SelectMany(b => b), 0, 0, 0, 0, 0, 0, 0];
        var budget = new Budget(4 << 20);
        var request = new CreateTopicsRequest();
        Assert.Throws<DecodeBudgetException>(() => Read(request, 7, frame, budget, 4096)); // the first exception of a process makes more than itself
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<DecodeBudgetException>(() => Read(request, 7, frame, budget, 4096));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.InRange(refused.DecodedBytes, 40L << 20, 100L << 20);
        Assert.Empty(request.Topics.SelectMany(t => t.Configs));

        // The frame is untouched: where there is room it is read from its start.
        var enough = new Budget(100 << 20);
        var decoded = Read(request, 7, frame, enough, 4096);
        Assert.Equal(DecodeLimits.ElementsMax, request.Topics.Single().Configs.Count);
        Assert.InRange(enough.Taken, decoded - 4096, decoded + WireReader.BudgetStepBytes);
    }

    [Fact]
    public void Many_arrays_that_are_small_each_are_charged_together()
    {
        // OffsetFetch 1: a hundred thousand topics of one partition.
        byte[] topic = [0, 1, (byte)'t', 0, 0, 0, 1, 0, 0, 0, 0];
        byte[] frame = [0, 1, (byte)'g', 0, 1, 0x86, 0xa0, .. Enumerable.Repeat(topic, 100_000).SelectMany(b => b)];
        var budget = new Budget(long.MaxValue);
        var decoded = Read(new OffsetFetchRequest(), 1, frame, budget, 0);
        Assert.InRange(decoded, 100_000 * 100, 100_000 * 250);
        Assert.InRange(budget.Taken, decoded, decoded + WireReader.BudgetStepBytes);
        Assert.InRange(budget.Asked, 2, (decoded / WireReader.BudgetStepBytes) + 1);
        Assert.Throws<DecodeBudgetException>(() => Read(new OffsetFetchRequest(), 1, frame, new Budget(decoded / 2), 0));
    }

    [Fact]
    public void Unknown_tagged_fields_are_charged()
    {
        byte[] tags = [.. Varint(DecodeLimits.TaggedFieldsMax), .. Enumerable.Range(100, DecodeLimits.TaggedFieldsMax).SelectMany(tag => Varint(tag).Append((byte)0))];
        byte[] frame = [0, 0, 0, .. tags];
        var (allocated, _) = Decode(new MetadataRequest(), 12, frame);
        var charged = Read(new MetadataRequest(), 12, frame, new Budget(long.MaxValue), 0);
        Assert.InRange(charged, allocated / 2, allocated * 2); // half of what a growing list allocates is garbage at once
    }

    [Fact]
    public void A_request_within_its_free_bytes_asks_for_nothing()
    {
        var request = new FetchRequest { Topics = [new() { Topic = "orders", Partitions = [new() { Partition = 1 }, new() { Partition = 2 }] }] };
        var budget = new Budget(0);
        Assert.InRange(Read(new FetchRequest(), 12, MessageType.Write(request, 12), budget, 4096), 100, 1000);
        Assert.Equal(0, budget.Asked);
    }

    [Fact]
    public void What_a_message_holds_is_counted_in_the_same_way_when_its_instance_is_used_again()
    {
        var bytes = MessageType.Write(new FetchRequest { ClusterId = "a cluster", RackId = "somewhere", Topics = [new() { Topic = "orders", Partitions = [new(), new()] }] }, 12);
        var request = new FetchRequest();
        Decode(request, 12, bytes);
        var (_, second) = Decode(request, 12, bytes);
        Assert.Equal(second, Decode(request, 12, bytes).Charged);
        Assert.InRange(second, 200, 1000);
    }

    private static long Read(IWireMessage message, short version, byte[] frame, IDecodeBudget budget, long freeBytes)
    {
        var reader = new WireReader(frame, budget, freeBytes);
        message.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return reader.DecodedBytes;
    }

    private static byte[] Varint(int value)
    {
        using var writer = new WireWriter();
        writer.WriteUVarInt((uint)value);
        return writer.WrittenSpan.ToArray();
    }

    private sealed class Budget(long bytesMax) : IDecodeBudget
    {
        public long Taken { get; private set; }
        public int Asked { get; private set; }

        public bool TryTake(long bytes)
        {
            Asked++;
            if (bytes > bytesMax - Taken)
            {
                return false;
            }

            Taken += bytes;
            return true;
        }
    }
}

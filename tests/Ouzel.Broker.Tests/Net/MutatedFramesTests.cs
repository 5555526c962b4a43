using System.Buffers.Binary;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Net;

/// <summary>Anybody may send anything: a broker serves the others all the same.</summary>
public sealed class MutatedFramesTests
{
    private const int FrameCount = 100_000;
    private const long BytesPerFrameMax = 200_000;

    [Fact]
    public async Task A_hundred_thousand_mutated_frames_harm_nobody()
    {
        await using var node = await TestNode.StartAsync(("auto.create.topics.enable", "false"));
        await node.Broker.EnsureTopicAsync("t", 3);
        var originals = Originals();
        var random = new Random(20261121);
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        for (var sent = 0; sent < FrameCount;)
        {
            using var client = node.Connect();
            var transport = (MemoryTransport)client.Transport;
            for (var i = 0; i < 20 && sent < FrameCount; i++, sent++)
            {
                await client.SendFrameAsync(Mutate(originals[random.Next(originals.Count)], random));
                node.Clock.AdvanceMs(1);
            }

            transport.CloseSending();
            node.Clock.AdvanceMs(100);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Assert.True(allocated / FrameCount < BytesPerFrameMax, $"{allocated / FrameCount} bytes were allocated per frame");
        using var other = node.Connect();
        Assert.Equal(ErrorCode.None, (await other.CallAsync(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3)).ErrorCode);
        var request = new ProduceRequest { Acks = -1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 1, Records = new MemoryRecords(Batches.Of("still here")) }] }] };
        Assert.Equal(ErrorCode.None, (await other.CallAsync(request, 9)).Responses[0].PartitionResponses[0].ErrorCode);

        // Who asked for a very long wait waits; everybody else is gone, and when the node stops nobody is left.
        Assert.True(node.Broker.Connections.Count < 200, $"{node.Broker.Connections.Count} connections are stuck");
        await node.Broker.StopAsync();
        Assert.Equal(0, node.Broker.Connections.Count);
    }

    private static List<byte[]> Originals()
    {
        List<byte[]> originals = [];
        Add(new ProduceRequest { Acks = 1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of("a", "b")) }] }] }, ApiKey.Produce, 0, 3, 7, 9, 13);
        Add(new FetchRequest { MaxWaitMs = 10, MinBytes = 1, MaxBytes = 1000, Topics = [new() { Topic = "t", Partitions = [new() { PartitionMaxBytes = 1000 }, new() { Partition = 1, FetchOffset = 5 }] }] }, ApiKey.Fetch, 0, 4, 11, 12, 17);
        Add(new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { Timestamp = -1 }, new() { PartitionIndex = 1, Timestamp = 5 }] }] }, ApiKey.ListOffsets, 1, 5, 8);
        Add(new OffsetForLeaderEpochRequest { Topics = [new() { Topic = "t", Partitions = [new() { LeaderEpoch = 0 }] }] }, ApiKey.OffsetForLeaderEpoch, 2, 4);
        Add(new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 2 }] }] }, ApiKey.DeleteRecords, 0, 2);
        Add(new InitProducerIdRequest { TransactionalId = null }, ApiKey.InitProducerId, 0, 4);
        Add(new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }] }, ApiKey.DescribeProducers, 0);
        Add(new ApiVersionsRequest { ClientSoftwareName = "mutant", ClientSoftwareVersion = "1" }, ApiKey.ApiVersions, 0, 3, 4);
        Add(new MetadataRequest { Topics = [new() { Name = "t" }] }, ApiKey.Metadata, 0, 4, 9, 12);
        return originals;

        void Add(IWireMessage request, ApiKey key, params short[] versions)
        {
            foreach (var version in versions)
            {
                originals.Add(WireClient.Encode(request, key, version, 1));
            }
        }
    }

    /// <summary>A few bytes flipped, a length blown up, a piece cut off, doubled or put elsewhere.</summary>
    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] frame = [.. original];
        for (var changes = random.Next(1, 4); changes > 0 && frame.Length > 8; changes--)
        {
            var at = random.Next(frame.Length);
            switch (random.Next(6))
            {
                case 0:
                    frame[at] = (byte)random.Next(256);
                    break;
                case 1:
                    frame[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    frame = frame[..at];
                    break;
                case 3:
                    frame = [.. frame, .. frame[at..]];
                    break;
                case 4 when at + 4 <= frame.Length:
                    BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(at), random.Next(3) switch { 0 => int.MaxValue, 1 => int.MinValue, _ => -1 });
                    break;
                default:
                    frame = [.. frame[..at], .. frame[(at + ((frame.Length - at) / 2))..]];
                    break;
            }
        }

        return frame;
    }
}

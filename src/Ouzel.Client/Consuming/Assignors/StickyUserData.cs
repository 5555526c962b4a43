using System.Buffers.Binary;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>
/// The bytes that the sticky assignors write beside the subscription: sticky its last assignment and generation, cooperative-sticky the generation only.
/// </summary>
internal static class StickyUserData
{
    public static ReadOnlyMemory<byte>? Write(Assignor assignor, MemberMemory memory)
    {
        if (assignor is not (Assignor.Sticky or Assignor.CooperativeSticky) || (assignor == Assignor.Sticky && memory.Generation < 0 && memory.Assigned.Count == 0))
        {
            return null;
        }

        using var writer = new WireWriter();
        if (assignor == Assignor.Sticky)
        {
            (string Topic, List<int> Partitions)[] topics = [.. ConsumerProtocol.ByTopic(memory.Assigned)];
            writer.WriteInt32(topics.Length);
            foreach (var (topic, partitions) in topics)
            {
                writer.WriteString(topic, flexible: false);
                writer.WriteInt32(partitions.Count);
                foreach (var partition in partitions)
                {
                    writer.WriteInt32(partition);
                }
            }
        }

        writer.WriteInt32(memory.Generation);
        return writer.WrittenMemory.ToArray();
    }

    /// <summary>Reads what a member remembers; nothing when it wrote nothing that can be read, as Kafka's assignors see it.</summary>
    public static MemberMemory Read(Assignor assignor, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { Length: >= sizeof(int) } data)
        {
            return MemberMemory.None;
        }

        if (assignor == Assignor.CooperativeSticky)
        {
            return new MemberMemory([], BinaryPrimitives.ReadInt32BigEndian(data.Span));
        }

        if (assignor != Assignor.Sticky)
        {
            return MemberMemory.None;
        }

        try
        {
            return ReadSticky(new WireReader(data));
        }
        catch (WireFormatException)
        {
            // Another client's user data: the member is treated as one that had nothing.
            return MemberMemory.None;
        }
    }

    private static MemberMemory ReadSticky(WireReader reader)
    {
        List<TopicPartition> assigned = [];
        for (var topics = reader.ReadInt32(); topics > 0; topics--)
        {
            var topic = reader.ReadString(flexible: false);
            for (var partitions = reader.ReadInt32(); partitions > 0; partitions--)
            {
                assigned.Add(new TopicPartition(topic, reader.ReadInt32()));
            }
        }

        // Written by a version of the assignor that knew no generations: they count from none.
        return new MemberMemory(assigned, reader.Remaining >= sizeof(int) ? reader.ReadInt32() : -1);
    }
}

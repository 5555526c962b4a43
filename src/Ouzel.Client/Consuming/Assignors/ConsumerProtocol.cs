using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Consuming.Assignors;

/// <summary>The bytes that members of a classic group exchange through the coordinator, to whom they say nothing.</summary>
internal static class ConsumerProtocol
{
    /// <summary>The protocol type of consumers.</summary>
    public const string Type = "consumer";

    private const int VersionBytes = 2;

    /// <summary>Writes what a member says of itself for one assignor, in the newest version; members that know older ones read what they know.</summary>
    public static byte[] WriteSubscription(Assignor assignor, IEnumerable<string> topics, IReadOnlyCollection<TopicPartition> owned, MemberMemory memory, string? rack)
    {
        var subscription = new ConsumerProtocolSubscription
        {
            Topics = [.. topics.Order(StringComparer.Ordinal)],
            GenerationId = memory.Generation,
            RackId = rack,
            UserData = StickyUserData.Write(assignor, memory),
        };
        foreach (var (topic, partitions) in ByTopic(owned))
        {
            subscription.OwnedPartitions.Add(new ConsumerProtocolSubscription.TopicPartition { Topic = topic, Partitions = partitions });
        }

        return Write(subscription, ConsumerProtocolSubscription.HighestVersion);
    }

    /// <exception cref="WireFormatException">The bytes are no subscription.</exception>
    public static MemberView ReadSubscription(Assignor assignor, string memberId, string? instanceId, ReadOnlyMemory<byte> bytes)
    {
        var subscription = new ConsumerProtocolSubscription();
        Read(bytes, subscription, ConsumerProtocolSubscription.HighestVersion);
        var rack = string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId;
        var remembered = StickyUserData.Read(assignor, subscription.UserData);
        if (assignor == Assignor.Sticky)
        {
            // Everybody has let go of everything before it joins: only the user data tells what it had.
            return new MemberView(memberId, instanceId, rack, subscription.Topics, remembered.Assigned, remembered.Generation);
        }

        TopicPartition[] owned = [.. subscription.OwnedPartitions.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Topic, p)))];
        return new MemberView(memberId, instanceId, rack, subscription.Topics, owned, Math.Max(subscription.GenerationId, remembered.Generation));
    }

    public static byte[] WriteAssignment(IReadOnlyCollection<TopicPartition> partitions)
    {
        var assignment = new ConsumerProtocolAssignment();
        foreach (var (topic, numbers) in ByTopic(partitions))
        {
            assignment.AssignedPartitions.Add(new ConsumerProtocolAssignment.TopicPartition { Topic = topic, Partitions = numbers });
        }

        return Write(assignment, ConsumerProtocolAssignment.HighestVersion);
    }

    /// <summary>The partitions in an assignment; no bytes are no partitions.</summary>
    /// <exception cref="WireFormatException">The bytes are no assignment.</exception>
    public static IReadOnlyList<TopicPartition> ReadAssignment(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var assignment = new ConsumerProtocolAssignment();
        Read(bytes, assignment, ConsumerProtocolAssignment.HighestVersion);
        return [.. assignment.AssignedPartitions.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Topic, p)))];
    }

    /// <summary>Topics by name, their partitions ascending.</summary>
    internal static IEnumerable<(string Topic, List<int> Partitions)> ByTopic(IEnumerable<TopicPartition> partitions) =>
        partitions.GroupBy(p => p.Topic, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Select(p => p.Partition).Order().ToList()));

    private static byte[] Write(IWireMessage message, short version)
    {
        using var writer = new WireWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.WrittenMemory.ToArray();
    }

    /// <summary>Versions of a later time begin as the newest known one does.</summary>
    private static void Read(ReadOnlyMemory<byte> bytes, IWireMessage message, short highest)
    {
        if (bytes.Length < VersionBytes)
        {
            throw new WireFormatException($"a consumer's metadata of {bytes.Length} bytes");
        }

        var reader = new WireReader(bytes);
        var version = reader.ReadInt16();
        if (version < 0)
        {
            throw new WireFormatException($"a consumer's metadata of version {version}");
        }

        message.Read(ref reader, Math.Min(version, highest));
    }
}

/// <summary>A member's memory of the last assignment it had.</summary>
/// <param name="Assigned">Its partitions.</param>
/// <param name="Generation">-1 before the first.</param>
internal readonly record struct MemberMemory(IReadOnlyList<TopicPartition> Assigned, int Generation)
{
    public static MemberMemory None { get; } = new([], -1);
}

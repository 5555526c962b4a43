using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Groups;

/// <summary>Looks into the metadata of classic consumers, which is theirs and may be anything: only to know which topics' offsets are in use.</summary>
internal static class Subscription
{
    /// <summary>The protocol type whose metadata has a known form.</summary>
    public const string ConsumerProtocolType = "consumer";

    /// <summary>
    /// The most that the names of a group's topics may take: some forty thousand of thirty letters. Two bytes of metadata can become forty of a name.
    /// </summary>
    internal const long NamesBytesMax = 4L << 20;

    /// <summary>
    /// Finds the topics that the members of the present generation subscribe to; null when the group is no consumer group, a member's metadata cannot be read,
    /// or there are too many names to keep.
    /// </summary>
    public static HashSet<string>? TopicsOf(ClassicGroup group)
    {
        if (group.ProtocolType != ConsumerProtocolType || group.Protocol is null || group.MemberCount == 0)
        {
            return null;
        }

        var topics = new HashSet<string>();
        var bytesLeft = NamesBytesMax;
        foreach (var member in group.Members)
        {
            if (Read(member.MetadataFor(group.Protocol), ref bytesLeft) is not { } subscribed)
            {
                return null;
            }

            topics.UnionWith(subscribed);
        }

        return topics;
    }

    private static List<string>? Read(byte[] metadata, ref long bytesLeft)
    {
        try
        {
            var reader = new WireReader(metadata, bytesLeft);
            var version = reader.ReadInt16();
            if (version < ConsumerProtocolSubscription.LowestVersion)
            {
                return null;
            }

            var subscription = new ConsumerProtocolSubscription();
            subscription.Read(ref reader, Math.Min(version, ConsumerProtocolSubscription.HighestVersion));
            bytesLeft -= reader.DecodedBytes;
            return subscription.Topics;
        }
        catch (Exception e) when (e is WireFormatException or DecodeBudgetException)
        {
            // The member's own business: the coordinator hands the bytes on as they are.
            return null;
        }
    }
}

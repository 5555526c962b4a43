using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Groups;

/// <summary>Looks into the metadata of classic consumers, which is theirs and may be anything: only to know which topics' offsets are in use.</summary>
internal static class Subscription
{
    /// <summary>The protocol type whose metadata has a known form.</summary>
    public const string ConsumerProtocolType = "consumer";

    /// <summary>What the members of the present generation subscribe to; null when the group is no consumer group or a member's metadata cannot be read.</summary>
    public static HashSet<string>? TopicsOf(ClassicGroup group)
    {
        if (group.ProtocolType != ConsumerProtocolType || group.Protocol is null || group.MemberCount == 0)
        {
            return null;
        }

        var topics = new HashSet<string>();
        foreach (ClassicMember member in group.Members)
        {
            if (Read(member.MetadataFor(group.Protocol)) is not { } subscribed)
            {
                return null;
            }

            topics.UnionWith(subscribed);
        }

        return topics;
    }

    private static List<string>? Read(byte[] metadata)
    {
        try
        {
            var reader = new WireReader(metadata);
            short version = reader.ReadInt16();
            if (version < ConsumerProtocolSubscription.LowestVersion)
            {
                return null;
            }

            var subscription = new ConsumerProtocolSubscription();
            subscription.Read(ref reader, Math.Min(version, ConsumerProtocolSubscription.HighestVersion));
            return subscription.Topics;
        }
        catch (WireFormatException)
        {
            // The member's own business: the coordinator hands the bytes on as they are.
            return null;
        }
    }
}

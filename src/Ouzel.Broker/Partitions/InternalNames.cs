namespace Ouzel.Broker.Partitions;

/// <summary>The topics that belong to the brokers themselves: clients may read them, not write them.</summary>
internal static class InternalNames
{
    public static bool IsInternal(string topic) => topic is "__consumer_offsets" or "__transaction_state" or "__share_group_state";
}

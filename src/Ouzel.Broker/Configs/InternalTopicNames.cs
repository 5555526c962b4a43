namespace Ouzel.Broker.Configs;

/// <summary>The topics in which coordinators keep their state. How each is made says its coordinator's options here.</summary>
internal static class InternalTopicNames
{
    public const string ConsumerOffsets = "__consumer_offsets";
    public const string TransactionState = "__transaction_state";
    public const string ShareGroupState = "__share_group_state";

    /// <summary>Metadata tells clients that these are not theirs.</summary>
    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState or ShareGroupState;
}

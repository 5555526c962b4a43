namespace Ouzel.Protocol.Messages;

/// <summary>Asks a coordinator for the transactions it holds.</summary>
/// <remarks>v1 DurationFilter. v2 TransactionalIdPattern.</remarks>
[KafkaRequest(ApiKey.ListTransactions, "0-2", Flexible = "0+")]
public sealed partial class ListTransactionsRequest : IKafkaRequest<ListTransactionsResponse>
{
    public List<string> StateFilters { get; set; } = [];
    public List<long> ProducerIdFilters { get; set; } = [];
    [In("1+")] public long DurationFilter { get; set; } = -1;
    [In("2+"), NullIn("2+")] public string? TransactionalIdPattern { get; set; }
}

/// <summary>The transactions found.</summary>
/// <remarks>v1, v2 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.ListTransactions, "0-2", Flexible = "0+")]
public sealed partial class ListTransactionsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public List<string> UnknownStateFilters { get; set; } = [];
    public List<TransactionStateItem> TransactionStates { get; set; } = [];

    /// <summary>An element of TransactionStates.</summary>
    [KafkaStruct(Name = "TransactionState")]
    public sealed partial class TransactionStateItem
    {
        public string TransactionalId { get; set; } = "";
        public long ProducerId { get; set; }
        public string TransactionState { get; set; } = "";
    }
}

namespace Ouzel.Protocol.Messages;

/// <summary>A delegation token was issued or renewed.</summary>
[KafkaRecord(10, "0", Flexible = "0+")]
public sealed partial class DelegationTokenRecord : IKafkaRecord
{
    public string Owner { get; set; } = "";
    public string Requester { get; set; } = "";
    public List<string> Renewers { get; set; } = [];
    public long IssueTimestamp { get; set; }
    public long MaxTimestamp { get; set; }
    public long ExpirationTimestamp { get; set; }
    public string TokenId { get; set; } = "";
}

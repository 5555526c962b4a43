namespace Ouzel.Protocol.Messages;

/// <summary>A principal as forwarded requests carry it.</summary>
[KafkaData("0", Flexible = "0+")]
public sealed partial class DefaultPrincipalData : IKafkaData
{
    public string Type { get; set; } = "";
    public string Name { get; set; } = "";
    public bool TokenAuthenticated { get; set; }
}

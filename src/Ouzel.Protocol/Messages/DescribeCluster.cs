namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the cluster's id, nodes and the caller's rights.</summary>
/// <remarks>v1 EndpointType. v2 IncludeFencedBrokers.</remarks>
[KafkaRequest(ApiKey.DescribeCluster, "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterRequest : IKafkaRequest<DescribeClusterResponse>
{
    public bool IncludeClusterAuthorizedOperations { get; set; }
    [In("1+")] public sbyte EndpointType { get; set; } = 1;
    [In("2+")] public bool IncludeFencedBrokers { get; set; }
}

/// <summary>The cluster's id and nodes.</summary>
/// <remarks>v1 EndpointType. v2 IsFenced.</remarks>
[KafkaResponse(ApiKey.DescribeCluster, "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    [In("1+")] public sbyte EndpointType { get; set; } = 1;
    public string ClusterId { get; set; } = "";
    public int ControllerId { get; set; } = -1;
    public List<DescribeClusterBroker> Brokers { get; set; } = [];
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    /// <summary>An element of Brokers.</summary>
    [KafkaStruct]
    public sealed partial class DescribeClusterBroker
    {
        public int BrokerId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        [NullIn("0+")] public string? Rack { get; set; }
        [In("2+")] public bool IsFenced { get; set; }
    }
}

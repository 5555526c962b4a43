namespace Ouzel.Broker.Requests;

/// <summary>Bit sets of the operations a client may do (bit n is the ACL operation with code n). Without an authorizer it may do all that apply.</summary>
internal static class AuthorizedOperations
{
    /// <summary>The client did not ask.</summary>
    public const int NotAsked = int.MinValue;

    /// <summary>Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs.</summary>
    public const int Topic = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11;

    /// <summary>Read, Delete, Describe, DescribeConfigs, AlterConfigs.</summary>
    public const int Group = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

    /// <summary>Create, Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite.</summary>
    public const int Cluster = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12;
}

namespace Ouzel.Broker.Security;

/// <summary>Operations that somebody may do with a resource; the numbers are the protocol's.</summary>
internal enum AclOperation : sbyte
{
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    ClusterAction = 9,
    DescribeConfigs = 10,
    AlterConfigs = 11,
    IdempotentWrite = 12,
}

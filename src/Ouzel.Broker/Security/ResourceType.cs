namespace Ouzel.Broker.Security;

/// <summary>Kinds of what is guarded; the numbers are the protocol's.</summary>
internal enum ResourceType : sbyte
{
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
}

using Ouzel.Broker.Security;

namespace Ouzel.Broker.Requests;

/// <summary>Bit sets of the operations a client may do (bit n is the ACL operation with code n), as far as they apply to the kind of resource.</summary>
internal static class AuthorizedOperations
{
    /// <summary>The client did not ask.</summary>
    public const int NotAsked = int.MinValue;

    /// <summary>All that apply to a topic.</summary>
    public const int Topic = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11;

    /// <summary>All that apply to a group.</summary>
    public const int Group = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

    /// <summary>All that apply to the cluster.</summary>
    public const int Cluster = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12;

    public static int OfTopic(RequestContext context, string name) => Of(context, Topic, ResourceType.Topic, name);

    public static int OfGroup(RequestContext context, string name) => Of(context, Group, ResourceType.Group, name);

    /// <summary>None for those who may not describe the cluster.</summary>
    public static int OfCluster(RequestContext context) => context.MayCluster(AclOperation.Describe) ? Of(context, Cluster, ResourceType.Cluster, Authorizer.ClusterName) : 0;

    private static int Of(RequestContext context, int all, ResourceType type, string name)
    {
        if (context.IsUnrestricted)
        {
            return all;
        }

        var allowed = 0;
        foreach (var operation in Enum.GetValues<AclOperation>())
        {
            var bit = 1 << (int)operation;
            if ((all & bit) != 0 && context.May(operation, type, name))
            {
                allowed |= bit;
            }
        }

        return allowed;
    }
}

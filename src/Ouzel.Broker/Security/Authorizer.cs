using System.Net;
using Ouzel.Protocol;

namespace Ouzel.Broker.Security;

/// <summary>Decides what clients may do. Handlers ask it one question for each resource and operation, through their request's context.</summary>
/// <remarks>Asked from any thread, also on the hot path: an implementation looks its rules up and waits for nothing.</remarks>
internal abstract class Authorizer
{
    /// <summary>Name of the one resource of the type Cluster.</summary>
    public const string ClusterName = "kafka-cluster";

    /// <summary>The text beside the error of a denial, where a response has room for one.</summary>
    public const string Denied = "Not authorized";

    /// <summary>Allows everybody everything. Contexts know it and do not ask it.</summary>
    public static readonly Authorizer Everyone = new Open();

    public abstract bool Allows(Principal principal, IPAddress host, AclOperation operation, ResourceType type, string name);

    /// <summary>The same for at least one resource of the type, whichever that may be.</summary>
    public abstract bool AllowsSome(Principal principal, IPAddress host, AclOperation operation, ResourceType type);

    /// <summary>The error of a denial.</summary>
    public static ErrorCode ErrorOf(ResourceType type) => type switch
    {
        ResourceType.Topic => ErrorCode.TopicAuthorizationFailed,
        ResourceType.Group => ErrorCode.GroupAuthorizationFailed,
        ResourceType.TransactionalId => ErrorCode.TransactionalIdAuthorizationFailed,
        _ => ErrorCode.ClusterAuthorizationFailed,
    };

    private sealed class Open : Authorizer
    {
        public override bool Allows(Principal principal, IPAddress host, AclOperation operation, ResourceType type, string name) => true;

        public override bool AllowsSome(Principal principal, IPAddress host, AclOperation operation, ResourceType type) => true;
    }
}

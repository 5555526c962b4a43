using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;

namespace Ouzel.Broker.Apis;

/// <summary>The answers of the three calls on access rules while no rules are kept: that, to those who may ask.</summary>
internal static class AccessRules
{
    public const string NoAuthorizer = "No authorizer is configured: every client may do everything, and access rules cannot be kept.";

    public static (ErrorCode Code, string Message) Check(RequestContext context, AclOperation operation) => context.MayCluster(operation)
        ? (ErrorCode.SecurityDisabled, NoAuthorizer)
        : (ErrorCode.ClusterAuthorizationFailed, Authorizer.Denied);
}

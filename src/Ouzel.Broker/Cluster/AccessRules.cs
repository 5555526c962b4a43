namespace Ouzel.Broker.Cluster;

/// <summary>The answers of the three calls on access rules while this node has no authorizer.</summary>
internal static class AccessRules
{
    public const string NoAuthorizer = "No authorizer is configured: every client may do everything, and access rules cannot be kept.";
}

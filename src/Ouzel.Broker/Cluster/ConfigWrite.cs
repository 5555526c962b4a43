using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Cluster;

/// <summary>One setting to store (a value) or to remove (null). The value has been checked already.</summary>
internal sealed record ConfigWrite(ConfigResource Resource, string Name, string? Value);

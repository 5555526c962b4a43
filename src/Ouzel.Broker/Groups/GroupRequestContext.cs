namespace Ouzel.Broker.Groups;

/// <summary>A request as the coordinator needs to know it beside its fields.</summary>
/// <param name="Version">The API version: old clients are told some things differently.</param>
/// <param name="ClientId">Begins the id of a dynamic member.</param>
/// <param name="ClientHost">As Java prints an address: "/127.0.0.1".</param>
internal readonly record struct GroupRequestContext(short Version, string ClientId, string ClientHost);

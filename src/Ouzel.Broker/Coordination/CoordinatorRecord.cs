namespace Ouzel.Broker.Coordination;

/// <summary>A record for an internal partition. A null value is a tombstone.</summary>
internal readonly record struct CoordinatorRecord(byte[] Key, byte[]? Value);

namespace Ouzel.Protocol.Wire;

/// <summary>Bytes from outside do not have the format they should have.</summary>
public sealed class WireFormatException(string message) : Exception(message);

/// <summary>A message cannot be written (or read) in the version asked for: it has no such version, or a field is set that the version lacks.</summary>
public sealed class MessageVersionException(string message) : Exception(message);

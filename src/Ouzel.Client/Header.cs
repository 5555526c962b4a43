namespace Ouzel.Client;

/// <summary>One header of a record (KIP-82).</summary>
/// <param name="Name">May repeat within a record and may be empty.</param>
/// <param name="Value">Bytes, or null for none; not copied before the record is sent.</param>
public readonly record struct Header(string Name, ReadOnlyMemory<byte>? Value);

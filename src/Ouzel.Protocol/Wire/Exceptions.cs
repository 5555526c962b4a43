namespace Ouzel.Protocol.Wire;

/// <summary>Bytes from outside do not have the format they should have.</summary>
public sealed class WireFormatException(string message) : Exception(message);

/// <summary>A message would take more memory than its reader was granted. The bytes may be well formed.</summary>
/// <param name="decodedBytes">What the message takes up to and with the array that was too much: the whole message takes at least so much.</param>
public sealed class DecodeBudgetException(long decodedBytes) : Exception($"The message takes {decodedBytes} bytes or more once it is decoded, which is more than there is for it")
{
    /// <summary>The least that the message takes.</summary>
    public long DecodedBytes { get; } = decodedBytes;
}

/// <summary>A message cannot be written (or read) in the version asked for: it has no such version, or a field is set that the version lacks.</summary>
public sealed class MessageVersionException(string message) : Exception(message);

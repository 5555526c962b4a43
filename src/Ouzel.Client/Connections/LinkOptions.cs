namespace Ouzel.Client.Connections;

/// <summary>The way connections are opened.</summary>
/// <param name="Connect">Opens the stream.</param>
/// <param name="SetupTimeoutMs">For the stream, and again for the handshake on it.</param>
/// <param name="Reconnect">Between failed attempts.</param>
internal sealed record LinkOptions(ConnectStream Connect, int SetupTimeoutMs, Backoff Reconnect);

using System.Net;
using Microsoft.Extensions.Logging;

namespace Ouzel.Broker.Diagnostics;

/// <summary>Network. Event ids 1000-1049.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "Closing the connection of {Address}: client '{ClientId}' sent a {Api} v{Version} request that cannot be read: {Reason}")]
    public static partial void MalformedRequest(ILogger log, IPAddress address, string clientId, string api, short version, string reason);

    [LoggerMessage(1001, LogLevel.Debug, "Lost the connection of {Address}: {Reason}")]
    public static partial void ConnectionLost(ILogger log, IPAddress address, string reason);

    [LoggerMessage(1002, LogLevel.Error, "Closing the connection of {Address}: the {Api} v{Version} request of client '{ClientId}' failed. This is a defect of the broker; the client will reconnect")]
    public static partial void ConnectionFault(ILogger log, Exception fault, IPAddress address, string clientId, string api, short version);

    [LoggerMessage(1003, LogLevel.Information, "Closing the connection of {Address} after a {Api} request of client '{ClientId}': {Reason}")]
    public static partial void ConnectionClosed(ILogger log, IPAddress address, string clientId, string api, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "Refused a connection of {Address}: it has {Count} already, max.connections.per.ip allows no more")]
    public static partial void TooManyConnectionsOfAddress(ILogger log, IPAddress address, int count);

    [LoggerMessage(1005, LogLevel.Warning, "max.connections ({Max}) is reached: new clients wait until somebody leaves")]
    public static partial void TooManyConnections(ILogger log, int max);

    [LoggerMessage(1007, LogLevel.Warning, "Closing the connection of {Address}: it speaks {Protocol}, which listener {Listener} does not: {Advice}")]
    public static partial void ForeignProtocol(ILogger log, IPAddress address, string protocol, string listener, string advice);

    [LoggerMessage(1008, LogLevel.Debug, "{Address}, client '{ClientId}': {Api} v{Version}, correlation id {CorrelationId}, {Bytes} bytes")]
    public static partial void Request(ILogger log, IPAddress address, string clientId, string api, short version, int correlationId, int bytes);

    [LoggerMessage(1009, LogLevel.Trace, "{Address} sends {Frame}")]
    public static partial void RequestFrame(ILogger log, IPAddress address, string frame);

    [LoggerMessage(1010, LogLevel.Debug, "{Address} comes to listener {Listener}, connection {Connection}")]
    public static partial void Connected(ILogger log, IPAddress address, string listener, long connection);

    [LoggerMessage(1006, LogLevel.Debug, "Closed {Count} idle connections")]
    public static partial void IdleConnectionsClosed(ILogger log, int count);
}

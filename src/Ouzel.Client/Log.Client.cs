using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>What the client library tells. Event ids 5000-5099.</summary>
internal static partial class ClientEvents
{
    [LoggerMessage(5000, LogLevel.Debug, "Connected to {Broker}")]
    public static partial void Connected(ILogger logger, ConnectionIdentity broker);

    [LoggerMessage(5001, LogLevel.Debug, "Connection to {Broker} ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger logger, ConnectionIdentity broker, string reason);

    [LoggerMessage(5002, LogLevel.Information, "No connection to {Broker} after {Failures} attempts: {Reason}")]
    public static partial void NotConnected(ILogger logger, ConnectionIdentity broker, int failures, string reason);

    [LoggerMessage(5010, LogLevel.Warning, "The cluster's metadata could not be refreshed: {Reason}")]
    public static partial void MetadataNotRefreshed(ILogger logger, string reason);

    [LoggerMessage(5020, LogLevel.Warning, "{Count} records that nobody awaited were not written; the first of them: {Reason}")]
    public static partial void RecordsLost(ILogger logger, int count, string reason);

    [LoggerMessage(5021, LogLevel.Error, "The response to a produce request could not be used; its batches count as lost: {Reason}")]
    public static partial void ResponseUnusable(ILogger logger, string reason);

    [LoggerMessage(5022, LogLevel.Warning, "No producer id yet, records wait for it: the broker says {Error}")]
    public static partial void ProducerIdRefused(ILogger logger, ErrorCode error);

    [LoggerMessage(5023, LogLevel.Information, "No producer id yet, records wait for it: {Reason}")]
    public static partial void NoProducerId(ILogger logger, string reason);
}

using System.Net;
using Microsoft.Extensions.Logging;

namespace Ouzel.Broker.Diagnostics;

/// <summary>Limits that bite. Event ids 1050-1099. Each names the setting; <see cref="LimitNotices"/> sees to it that each is told once.</summary>
internal static partial class Log
{
    [LoggerMessage(1050, LogLevel.Warning, "Receive buffers are down to 4 KiB for further clients: {Bytes} bytes are in use, which is what ouzel.memory.limit={Limit} allows for them")]
    public static partial void ReadAheadLimited(ILogger log, long bytes, long limit);

    [LoggerMessage(1051, LogLevel.Warning, "Requests above 4 KiB wait for memory: {Bytes} bytes are in use, which is what ouzel.memory.limit={Limit} allows for them")]
    public static partial void LargeRequestsLimited(ILogger log, long bytes, long limit);

    [LoggerMessage(1052, LogLevel.Warning, "Requests above 2 MiB wait for memory: {Bytes} bytes are what ouzel.memory.limit={Limit} allows for them")]
    public static partial void HugeRequestsLimited(ILogger log, long bytes, long limit);

    [LoggerMessage(1053, LogLevel.Warning, "Large requests wait for memory: queued.max.request.bytes={Bytes} is used up")]
    public static partial void QueuedRequestsLimited(ILogger log, long bytes);

    [LoggerMessage(1054, LogLevel.Warning, "Closing {Count} connections: their requests hold memory and arrive at less than 64 KiB in 2 s, while others wait for it. ouzel.memory.limit={Limit} or queued.max.request.bytes allows no more")]
    public static partial void StalledRequestsEnded(ILogger log, int count, long limit);

    [LoggerMessage(1055, LogLevel.Warning, "A connection may have {Count} requests in flight: for more on each, ouzel.memory.limit={Limit} is too low")]
    public static partial void RequestsInFlightLimited(ILogger log, int count, long limit);

    [LoggerMessage(1056, LogLevel.Warning, "Closing {Count} connections that do not read their answers: {Bytes} bytes of unread answers are what ouzel.memory.limit={Limit} allows")]
    public static partial void UnreadResponsesEnded(ILogger log, int count, long bytes, long limit);

    [LoggerMessage(1057, LogLevel.Warning, "Closing {Count} connections that read nothing of their answers for connections.max.idle.ms={IdleMs}")]
    public static partial void StalledSendsEnded(ILogger log, int count, long idleMs);

    [LoggerMessage(1058, LogLevel.Warning, "There are {Count} connections, as many as ouzel.memory.limit={Limit} allows: new clients wait until somebody leaves")]
    public static partial void ConnectionsLimitedByMemory(ILogger log, int count, long limit);

    [LoggerMessage(1059, LogLevel.Warning, "ouzel.memory.limit={Limit} leaves requests at most {Bytes} bytes, less than socket.request.max.bytes={RequestBytes}")]
    public static partial void RequestBytesLimited(ILogger log, long limit, long bytes, long requestBytes);

    [LoggerMessage(1061, LogLevel.Warning, "No descriptor is left for another client beside {Count} connections: new clients wait until somebody leaves. Raise the limit of open files (ulimit -n, LimitNOFILE=) or lower max.connections")]
    public static partial void DescriptorsUsedUp(ILogger log, int count);

    [LoggerMessage(1062, LogLevel.Warning, "There are {Count} connections, as many as the limit of open files ({Descriptors}) leaves beside the logs: new clients wait until somebody leaves. Raise it (ulimit -n, LimitNOFILE=)")]
    public static partial void ConnectionsLimitedByDescriptors(ILogger log, int count, long descriptors);

    [LoggerMessage(1063, LogLevel.Warning, "Requests of many parts wait for memory: {Bytes} bytes are what ouzel.memory.limit={Limit} allows for what requests decode to and answers are made of")]
    public static partial void RequestsLimited(ILogger log, long bytes, long limit);

    [LoggerMessage(1064, LogLevel.Warning, "Closing {Count} connections: they do not read, and their requests hold memory that others wait for. {Bytes} bytes are what ouzel.memory.limit={Limit} allows for requests and answers at work")]
    public static partial void StalledRequestHoldersEnded(ILogger log, int count, long bytes, long limit);

    [LoggerMessage(1065, LogLevel.Warning, "Closing the connection of {Address}: a {Api} request takes {Bytes} bytes or more with its answer, ouzel.memory.limit={Limit} allows {Allowed}")]
    public static partial void RequestTakesTooMuch(ILogger log, IPAddress address, string api, long bytes, long limit, long allowed);

    [LoggerMessage(1060, LogLevel.Warning, "Closing the connection of {Address}: it announced a request of {Length} bytes, {Setting} allows {Bytes}")]
    public static partial void RequestTooLarge(ILogger log, IPAddress address, int length, string setting, int bytes);
}

using Microsoft.Extensions.Logging;

namespace Ouzel.Aspire.Hosting;

/// <summary>Events of brokers in app hosts. Event ids 5200-5219.</summary>
internal static partial class AspireEvents
{
    [LoggerMessage(5200, LogLevel.Error, "The broker {Name} could not be started")]
    public static partial void NotStarted(ILogger logger, Exception fault, string name);
}

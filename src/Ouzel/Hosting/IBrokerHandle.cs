using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;

namespace Ouzel.Hosting;

/// <summary>A broker that serves, as far as the command needs to know it.</summary>
internal interface IBrokerHandle
{
    /// <summary>The open listeners with their real ports, in the order of the settings.</summary>
    IReadOnlyList<ListenerOptions> Listeners { get; }

    /// <summary>Ends when the broker stops by itself; fails with the reason.</summary>
    Task Ended { get; }

    /// <summary>Makes a topic unless it exists.</summary>
    /// <returns>How many partitions it has.</returns>
    Task<int> EnsureTopicAsync(string name, int partitions);

    /// <summary>Lets connections finish, closes the logs clean and frees everything.</summary>
    Task StopAsync();
}

/// <summary>Starts a broker and returns when it serves.</summary>
internal delegate Task<IBrokerHandle> BrokerStart(BrokerOptions options, ILoggerFactory loggers);

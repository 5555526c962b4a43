using Microsoft.Extensions.Logging;
using Ouzel.Broker.Apis;

namespace Ouzel.Broker;

/// <summary>The parts of one running node, as <c>Broker</c> puts them together and the API table hands them to handlers.</summary>
internal sealed class Node
{
    public required TimeProvider Clock { get; init; }

    public required Random Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required FeatureLevels Features { get; init; }
}

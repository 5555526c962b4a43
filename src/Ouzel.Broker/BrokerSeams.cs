using Ouzel.Broker.Configs;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker;

/// <summary>The parts of a node's surroundings that a test replaces, besides clock, disk and randomness.</summary>
/// <param name="Open">Opens the listeners of one entry of the setting; all have the same port.</param>
/// <param name="WorkOf">Who waits for a disk, or runs the jobs.</param>
/// <param name="DescriptorsMax">How many descriptors the process may have.</param>
/// <param name="Interceptor">Stands before every handler; null for nothing.</param>
internal sealed record BrokerSeams(
    Func<ListenerOptions, IReadOnlyList<Listener>> Open, Func<string, BlockingWork> WorkOf, long DescriptorsMax = long.MaxValue, IRequestInterceptor? Interceptor = null)
{
    /// <summary>Called with the name of each step of a start before it is taken: to fail there.</summary>
    public Action<string> BeforeStep { get; init; } = _ => { };

    /// <summary>Says what clients may do.</summary>
    public Authorizer Authorizer { get; init; } = Authorizer.Everyone;

    /// <summary>Is told of each request; null for nobody.</summary>
    public IRequestObserver? Observer { get; init; }

    public static BrokerSeams Real(BrokerOptions options) => new(
        listener => Listening.Open(listener, options.Net.SocketListenBacklogSize),
        name => new BlockingThread(name),
        RealDisk.DescriptorsMax);
}

using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// The node's options under an image: those of its start with the cluster's dynamic settings over them. Made anew only when these settings are others;
/// may be called from any thread.
/// </summary>
internal sealed class OptionsInForce(BrokerOptions start)
{
    private Layered _last = new(null, null, start);

    private sealed record Layered(object? ClusterDefault, object? PerBroker, BrokerOptions Options);

    public BrokerOptions Of(ClusterImage image)
    {
        var clusterDefault = image.ClusterDefaultConfigs;
        var perBroker = image.ConfigsOfBroker(start.NodeId);
        var last = Volatile.Read(ref _last);
        if (ReferenceEquals(last.ClusterDefault, clusterDefault) && ReferenceEquals(last.PerBroker, perBroker))
        {
            return last.Options;
        }

        var next = new Layered(clusterDefault, perBroker, start.With(clusterDefault, perBroker));
        Volatile.Write(ref _last, next);
        return next.Options;
    }

    public TopicOptions OfTopic(ClusterImage image, string topic) => TopicOptions.Of(image.ConfigsOfTopic(topic), Of(image));
}

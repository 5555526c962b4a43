namespace Ouzel.Testing.Tests.Support;

/// <summary>Questions that tests ask of a broker without a client.</summary>
internal static class BrokerInside
{
    public static int PartitionCount(this OuzelTestBroker broker, string topic) =>
        broker.Node.Metadata.Current.TryTopic(topic, out var found) ? found.Partitions.Length : 0;

    public static string Setting(this OuzelTestBroker broker, string topic, string name) => broker.Node.Metadata.Current.ConfigsOfTopic(topic)[name];
}

namespace Ouzel.Protocol;

/// <summary>A partition named by its topic and number.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>The name of the partition's directory: topic, hyphen, number.</summary>
    public override string ToString() => $"{Topic}-{Partition}";
}

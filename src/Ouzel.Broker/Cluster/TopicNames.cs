namespace Ouzel.Broker.Cluster;

/// <summary>The names that a topic may have, and which exclude each other.</summary>
internal static class TopicNames
{
    /// <summary>Same as Kafka: a partition's directory name is the topic's, a dash and a number, and has to fit in 255 bytes.</summary>
    public const int LengthMax = 249;

    /// <summary>The partition that holds the cluster's metadata; no client's topic.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>Tells why the name cannot be a topic's, or null when it can.</summary>
    public static string? Check(string name)
    {
        if (name.Length == 0)
        {
            return "A topic's name must not be empty";
        }

        if (name is "." or "..")
        {
            return $"'{name}' is no name for a topic";
        }

        if (name.Length > LengthMax)
        {
            return $"A topic's name has at most {LengthMax} characters; this one has {name.Length}";
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return $"Topic name '{name}' has a character other than ASCII letters and digits, '.', '_' and '-'";
            }
        }

        return null;
    }

    /// <summary>Names that differ only in dots and underscores share metric names in Kafka and therefore exclude each other.</summary>
    public static bool CanCollide(string name) => name.AsSpan().IndexOfAny('.', '_') >= 0;

    /// <summary>Equal for names that exclude each other.</summary>
    public static string CollisionKey(string name) => name.Replace('.', '_');
}

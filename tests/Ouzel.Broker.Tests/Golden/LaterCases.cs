namespace Ouzel.Broker.Tests.Golden;

/// <summary>The log directories of Kafka that a node does not serve yet as Kafka does. The list only shrinks; a case that is not on it is opened and compared.</summary>
internal static class LaterCases
{
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["cluster-node"] = "a node of a cluster of three: refused until several controllers are served",
    };

    /// <summary>Refused before anything is opened.</summary>
    public static string[] NotOpened { get; } = ["cluster-node"];

    public static IEnumerable<string> NotServed => Reasons.Keys;
}

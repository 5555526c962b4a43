using System.Text;

namespace Ouzel.Broker.Configs;

/// <summary>
/// Settings out of environment variables: the prefix goes, letters become small, one underline is a dot, two are an underline, three a dash.
/// Older images of another distribution had two and three the other way round, so both readings are tried and the one that is known is kept.
/// </summary>
internal static class EnvironmentNames
{
    private const string Kafka = "KAFKA_";
    private const string Bitnami = "KAFKA_CFG_";
    private const string Own = "OUZEL_";

    /// <summary>Variables with the prefix that are no settings: options of Java, of the images and of the tests.</summary>
    private static readonly HashSet<string> NoSettings = new(StringComparer.Ordinal)
    {
        "KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JMX_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_GC_LOG_OPTS", "KAFKA_VERSION", "KAFKA_LOG4J_OPTS", "KAFKA_HOME",
        "KAFKA_LOG4J_ROOT_LOGLEVEL", "KAFKA_LOG4J_LOGGERS", "KAFKA_TOOLS_LOG4J_LOGLEVEL", "KAFKA_JMX_HOSTNAME", "KAFKA_JMX_PORT", "KAFKA_SCALA_VERSION", "KAFKA_DEBUG",
        "KAFKA_ENABLE_KRAFT", "KAFKA_CREATE_TOPICS", "KAFKA_KRAFT_CLUSTER_ID", "KAFKA_CLUSTER_ID", "KAFKA_MODE", "OUZEL_EXECUTABLE", "OUZEL_HOME", "OUZEL_WRITE_DOCS",
    };

    /// <summary>The settings given by KAFKA_ variables, in the order of their names.</summary>
    public static IEnumerable<(string Name, string Value, string Variable)> FromKafka(IReadOnlyDictionary<string, string> environment, Func<string, bool> isKnown) =>
        Read(environment, Kafka, isKnown);

    /// <summary>The settings given by OUZEL_ variables; a name that is not Kafka's is one of ouzel.*.</summary>
    public static IEnumerable<(string Name, string Value, string Variable)> FromOuzel(IReadOnlyDictionary<string, string> environment, Func<string, bool> isKnown) =>
        Read(environment, Own, isKnown).Select(s => (isKnown(s.Name) ? s.Name : "ouzel." + s.Name, s.Value, s.Variable));

    private static IEnumerable<(string Name, string Value, string Variable)> Read(IReadOnlyDictionary<string, string> environment, string prefix, Func<string, bool> isKnown)
    {
        foreach (var (variable, value) in environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(prefix, StringComparison.Ordinal) || variable.Length == prefix.Length || NoSettings.Contains(variable))
            {
                continue;
            }

            var rest = variable[(variable.StartsWith(Bitnami, StringComparison.Ordinal) ? Bitnami.Length : prefix.Length)..];
            var now = Decode(rest, '_', '-');
            var before = Decode(rest, '-', '_');
            yield return (isKnown(now) || !isKnown(before) ? now : before, value, variable);
        }
    }

    private static string Decode(string text, char ofTwo, char ofThree)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var run = 0;
            while (i + run < text.Length && text[i + run] == '_')
            {
                run++;
            }

            if (run == 0)
            {
                result.Append(char.ToLowerInvariant(text[i++]));
                continue;
            }

            i += run;
            for (; run >= 3; run -= 3)
            {
                result.Append(ofThree);
            }

            if (run > 0)
            {
                result.Append(run == 2 ? ofTwo : '.');
            }
        }

        return result.ToString();
    }
}

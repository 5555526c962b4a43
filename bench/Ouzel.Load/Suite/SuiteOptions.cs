namespace Ouzel.Load.Suite;

/// <summary>The options of a run of the whole table.</summary>
/// <param name="Seconds">Of each repetition of a row.</param>
/// <param name="Count">Repetitions; medians are taken of them.</param>
/// <param name="Only">Ids of rows and parts to run; empty for all.</param>
/// <param name="Directory">Of all data: that disk is what is measured.</param>
/// <param name="Broker">The executable.</param>
/// <param name="Published">The program that eng/publish made, or null.</param>
/// <param name="Librdkafka">The small producer, or null.</param>
/// <param name="Settings">For every broker.</param>
internal sealed record SuiteOptions(
    double Seconds, int Count, IReadOnlyList<string> Only, string Directory, string Broker, string? Published, string? Librdkafka, IReadOnlyList<string> Settings)
{
    public bool Wants(string id) => Only.Count == 0 || Only.Contains(id);
}

namespace Ouzel;

/// <summary>The rule that this run of the mutated product goes without.</summary>
internal static class Mutation
{
    /// <summary>Null for none.</summary>
    public static string? Removed { get; set; }

    /// <summary>The question that the mutated sources ask.</summary>
    public static bool Keeps(string rule) => Removed != rule;
}

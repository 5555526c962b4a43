namespace Ouzel;

/// <summary>Which rule this run of the mutated product goes without.</summary>
internal static class Mutation
{
    /// <summary>Null for none.</summary>
    public static string? Removed { get; set; }

    /// <summary>What the mutated sources ask.</summary>
    public static bool Keeps(string rule) => Removed != rule;
}

namespace Ouzel.Broker.Security;

/// <summary>The name by which rights are given to a client.</summary>
/// <param name="Type">User, as a rule.</param>
/// <param name="Name">The name within the type.</param>
internal sealed record Principal(string Type, string Name)
{
    /// <summary>A client of a listener on which nobody has to say who he is.</summary>
    public static readonly Principal Anonymous = new("User", "ANONYMOUS");

    public override string ToString() => $"{Type}:{Name}";
}

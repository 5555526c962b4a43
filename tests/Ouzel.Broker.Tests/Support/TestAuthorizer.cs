using System.Net;
using Ouzel.Broker.Security;

namespace Ouzel.Broker.Tests.Support;

/// <summary>Denies what a test says, and remembers what it was asked, as "Read Topic t".</summary>
internal sealed class TestAuthorizer : Authorizer
{
    public HashSet<string> Asked { get; } = [];

    /// <summary>Nothing at first.</summary>
    public Predicate<string> Denies { get; set; } = _ => false;

    public override bool Allows(Principal principal, IPAddress host, AclOperation operation, ResourceType type, string name)
    {
        Assert.Equal((Principal.Anonymous, IPAddress.Loopback), (principal, host));
        return Answer($"{operation} {type} {name}");
    }

    public override bool AllowsSome(Principal principal, IPAddress host, AclOperation operation, ResourceType type) => Answer($"{operation} some {type}");

    private bool Answer(string question)
    {
        Asked.Add(question);
        return !Denies(question);
    }
}

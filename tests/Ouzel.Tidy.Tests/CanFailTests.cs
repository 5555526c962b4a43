using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>Tests that assert on every way through them.</summary>
public sealed class CanFailTests
{
    [Fact]
    public void Every_test_can_fail()
    {
        var suites = Sources.Under("tests").GroupBy(f => f.Project).ToList();
        Assert.True(suites.SelectMany(s => s).SelectMany(f => f.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()).Count(Assertions.IsTest) > 1000);
        List<string> wrong = [.. suites.SelectMany(s => Toothless([.. s]))];
        Checkout.NothingFound(wrong, "These tests may pass without having asserted anything:");
    }

    [Theory]
    [InlineData("Read();")]
    [InlineData("if (Read()) { Assert.True(true); }")]
    [InlineData("switch (Read()) { case true: Assert.True(true); break; }")]
    [InlineData("try { Read(); } catch (Exception) { Assert.Fail(); }")]
    [InlineData("_ = Read() && Done(Assert.Single(all));")]
    [InlineData("var isRead = Read() ? Done(Assert.Single(all)) : true;")]
    [InlineData("Read(); void Uncalled() => Assert.True(true);")]
    [InlineData("var uncalled = () => Assert.True(true); Read();")]
    [InlineData("Read(); void Uncalled() { Uncalled(); Assert.True(true); }")]
    [InlineData("list.Add(1);")]
    [InlineData("Add(1);")]
    [InlineData("var list = new List<int>(); list.Add(1, 2);")]
    [InlineData("_list.Add(1, 2);")]
    [InlineData("Sometimes();")]
    [InlineData("Overloaded();")]
    public void A_test_without_teeth_is_found(string body) => Assert.Single(Toothless(Suite(body)));

    [Theory]
    [InlineData("Assert.True(Read());")]
    [InlineData("if (Read()) { Assert.True(true); } else { Assert.True(false); }")]
    [InlineData("if (Read()) { throw new Exception(); }")]
    [InlineData("foreach (var one in all) { Assert.True(one); }")]
    [InlineData("Check(); void Check() => Assert.True(true);")]
    [InlineData("var check = () => Assert.True(true); check();")]
    [InlineData("all.ForEach(Check); void Check(int one) => Assert.True(true);")]
    [InlineData("Run(() => Assert.True(true));")]
    [InlineData("Always();")]
    [InlineData("new Helper().Add(1, 2);")]
    [InlineData("var helper = new Helper(); helper.Add(1, 2);")]
    [InlineData("_helper.Add(1, 2);")]
    [InlineData("Twice(1);")]
    [InlineData("var one = Read() ?? throw new Exception();")]
    public void A_test_with_teeth_is_not(string body) => Assert.Empty(Toothless(Suite(body)));

    private static SourceFile[] Suite(string body) =>
    [
        Sources.Parse("tests/A.Tests/BTests.cs", $$"""
            class BTests
            {
                [Fact]
                public void It_works() { {{body}} }

                void Sometimes() { if (Read()) { Always(); } }
                List<int> _list = [];
                Helper _helper = new();
                void Twice(int one, params int[] others) => Twice(one, 2, 3);
                void Twice(int one, int two, int three) => Always();
                void Always() => Assert.True(true);
                void Overloaded() { }
                void Overloaded(int one = 0) => Assert.True(true);
            }
            """),
        Sources.Parse("tests/A.Tests/Helper.cs", "class Helper { public void Add(int one, int two) => Assert.Equal(one, two); }"),
    ];

    private static IEnumerable<string> Toothless(SourceFile[] suite)
    {
        var assertions = new Assertions([.. suite.Select(f => f.Root)]);
        return assertions.Toothless.Select(m => $"{suite.First(f => f.Root.SyntaxTree == m.SyntaxTree).Path}:{Sources.Line(m)} {m.Identifier.Text}");
    }
}

using FsCheck;
using FsCheck.Fluent;
using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

public sealed class PropertiesFileTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("  a = b c ", "a", "b c ")]
    [InlineData("a:b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a==b", "a", "=b")]
    [InlineData("a\\ b=c", "a b", "c")]
    [InlineData("a=b\\\n   c", "a", "bc")]
    [InlineData("a=x\\\\", "a", "x\\")]
    [InlineData("a=\\u0041\\t.", "a", "A\t.")]
    [InlineData("# note\n\n! note\r\na=b\r\n", "a", "b")]
    [InlineData("a=b\\", "a", "b")]
    public void Entries_are_read_as_Java_reads_them(string text, string name, string value)
    {
        var entry = Assert.Single(PropertiesFile.Parse(text));
        Assert.Equal((name, value), (entry.Name, entry.Value));
    }

    [Fact]
    public void An_entry_knows_its_first_line()
    {
        var entries = PropertiesFile.Parse("# one\na=1\\\n2\nb=3");
        Assert.Equal([("a", "12", 2), ("b", "3", 4)], entries);
    }

    [Fact]
    public void Any_text_is_read_without_a_fault() =>
        Prop.ForAll<string>(ArbMap.Default.ArbFor<string>(), text => PropertiesFile.Parse(text ?? "").Count >= 0).QuickCheckThrowOnFailure();
}

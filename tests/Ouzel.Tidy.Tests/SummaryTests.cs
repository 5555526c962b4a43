using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>The first word of summaries.</summary>
public sealed partial class SummaryTests
{
    [Fact]
    public void Summaries_begin_with_their_subject() =>
        Checkout.NothingFound([.. Sources.All.SelectMany(Questions)], "Begin with the noun or the verb: The offset of ..., True when ..., Appends ...:");

    [Theory]
    [InlineData("/// <summary>What the log holds.</summary>")]
    [InlineData("/// <summary>Whether it is open.</summary>")]
    [InlineData("/// <summary>\n/// How long\n/// it waits.\n/// </summary>")]
    public void A_summary_that_begins_with_a_question_is_found(string summary) =>
        Assert.Single(Questions(Sources.Parse("src/A/B.cs", $"{summary}\nclass B;")));

    [Theory]
    [InlineData("/// <summary>The log's end.</summary>")]
    [InlineData("/// <summary>Whatever is left.</summary>")]
    [InlineData("/// <remarks>What the log holds.</remarks>")]
    public void Another_text_is_not(string text) => Assert.Empty(Questions(Sources.Parse("src/A/B.cs", $"{text}\nclass B;")));

    private static IEnumerable<string> Questions(SourceFile file) => file.Root.DescendantNodes(descendIntoTrivia: true).OfType<XmlElementSyntax>()
        .Where(e => e.StartTag.Name.LocalName.Text == "summary" && Question().IsMatch(e.Content.ToString()))
        .Select(e => $"{file.Path}:{Sources.Line(e)} {Question().Match(e.Content.ToString()).Groups[1].Value} ...");

    [GeneratedRegex(@"^(?:\s|///)*(What|Who|Whose|Whom|Whether|How|Where|When|Which|That|Why)\b")]
    private static partial Regex Question();
}

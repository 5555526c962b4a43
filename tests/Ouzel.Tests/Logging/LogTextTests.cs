using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("größer 東京 😀", "größer 東京 😀")]
    [InlineData("a\nb\rc\td", "a\\nb\\rc\\td")]
    [InlineData("\e[31mred\u009b2J\u0007\u007f\0", "\\u001B[31mred\\u009B2J\\u0007\\u007F\\u0000")]
    [InlineData("abc\u202Egnp.exe\u2066\u200F\u061C", "abc\\u202Egnp.exe\\u2066\\u200F\\u061C")]
    [InlineData("zero\u200Bwidth\uFEFF\u00AD", "zero\\u200Bwidth\\uFEFF\\u00AD")]
    [InlineData("line\u2028paragraph\u2029next\u0085", "line\\u2028paragraph\\u2029next\\u0085")]
    [InlineData("tag\U000E0041", "tag\\uDB40\\uDC41")]
    public void What_moves_turns_or_hides_text_is_written_out(string text, string harmless) => Assert.Equal(harmless, LogText.Harmless(text, 100));

    [Fact]
    public void Half_a_pair_is_written_out() => Assert.Equal("\\uD83Dx\\uDE00", LogText.Harmless("\ud83dx\ude00", 100));

    [Fact]
    public void Long_text_is_cut_and_its_length_told()
    {
        Assert.Equal("aaaaa... (32000 characters)", LogText.Harmless(new string('a', 32000), 5));
        Assert.Equal("aaaa... (8 characters)", LogText.Harmless("aaaa😀bb", 5));
    }

    [Fact]
    public void A_long_value_is_cut_in_its_message()
    {
        var message = Entries.Of(l => Entries.Closing(l, new string('x', 32000), 3, "why")).Message;
        Assert.Equal($"Closing the connection of '{new string('x', LogText.ValueCharsMax)}... (32000 characters)': 3 bytes {{why}}", message);
    }

    [Fact]
    public void A_value_is_not_taken_for_a_template() =>
        Assert.Equal("Closing the connection of '{Count}{{': 3 bytes {why}", Entries.Of(l => Entries.Closing(l, "{Count}{{", 3, "why")).Message);
}

namespace Ouzel.Generators.Tests.Messages;

/// <summary>The look of the code where speed or safety hangs on it. The protocol's own tests show that it is right.</summary>
public sealed class GeneratedCodeTests
{
    private static string Code(string message) => GeneratorRun.Of(message).GeneratedTrees.Single(t => t.FilePath.EndsWith("Subject.M.g.cs", StringComparison.Ordinal)).ToString();

    [Fact]
    public void A_field_that_every_version_has_is_read_without_asking_for_the_version() =>
        Assert.DoesNotContain("version >=", Code("""[KafkaData("2-5", Flexible = "0+")] public sealed partial class M { [In("1+")] public int A { get; set; } }"""), StringComparison.Ordinal);

    [Fact]
    public void A_count_is_checked_against_the_smallest_element()
    {
        var code = Code("""
            [KafkaData("0-2", Flexible = "1+")]
            public sealed partial class M
            {
                public List<S> Items { get; set; } = [];
                [KafkaStruct] public sealed partial class S { public string Name { get; set; } = ""; public Uuid Id { get; set; } [In("2+")] public long At { get; set; } }
            }
            """);
        Assert.Contains("reader.ReadCount(flexible, 18, ", code, StringComparison.Ordinal); // version 0: 2 + 16; version 1: 1 + 16 + 1; version 2: 8 more
    }

    [Fact]
    public void An_array_is_charged_for_all_that_its_elements_hold_in_place()
    {
        var code = Code("""
            [KafkaData("0-2", Flexible = "1+")]
            public sealed partial class M
            {
                public List<S> Items { get; set; } = [];
                [NullIn("0+")] public S? One { get; set; }
                [KafkaStruct] public sealed partial class S { public List<int> Numbers { get; set; } = []; public T Inner { get; set; } = new(); [NullIn("0+")] public T? Other { get; set; } }
                [KafkaStruct] public sealed partial class T { public string Name { get; set; } = ""; public int At { get; set; } }
            }
            """);
        // T: 16 + 8 for tags + 8 + 4, rounded up: 40. S: 16 + 8 + a list (8 + 32) + T (8 + 40) + 8: 120. An element has a place of 8 in its list.
        Assert.Contains(", 128);", code, StringComparison.Ordinal);
        Assert.Contains("reader.Charge(120);", code, StringComparison.Ordinal);
        Assert.Contains("reader.Charge(40);", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_a_version_would_lose_is_refused_unless_the_field_is_ignorable()
    {
        var code = Code("""[KafkaData("0-2")] public sealed partial class M { [In("1+")] public int Kept { get; set; } [In("1+", Ignorable = true)] public int Dropped { get; set; } }""");
        Assert.Contains("ThrowLost(\"M.Kept\"", code, StringComparison.Ordinal);
        Assert.DoesNotContain("ThrowLost(\"M.Dropped\"", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_never_printed()
    {
        var code = Code("""[KafkaData("0")] public sealed partial class M { [Secret] public string Password { get; set; } = ""; }""");
        Assert.Contains("text.AddSecret(\"Password\")", code, StringComparison.Ordinal);
        Assert.DoesNotContain("text.Add(\"Password\"", code, StringComparison.Ordinal);
    }
}

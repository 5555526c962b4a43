namespace Ouzel.Generators.Tests.Messages;

/// <summary>Each way to declare a message wrongly has its own number.</summary>
public sealed class MessageDiagnosticTests
{
    [Theory]
    [InlineData("OUZ001", """[KafkaData("0")] public partial class M { public int A { get; set; } }""")]
    [InlineData("OUZ001", """[KafkaData("0")] public sealed class M { public int A { get; set; } }""")]
    [InlineData("OUZ001", """[KafkaData("0")] public sealed partial class M { public S A { get; set; } = new(); [KafkaStruct] public sealed class S { } }""")]
    [InlineData("OUZ002", """[KafkaData("0..3")] public sealed partial class M { public int A { get; set; } }""")]
    [InlineData("OUZ002", """[KafkaData("3-1")] public sealed partial class M { public int A { get; set; } }""")]
    [InlineData("OUZ002", """[KafkaData("0-3", Flexible = "x")] public sealed partial class M { public int A { get; set; } }""")]
    [InlineData("OUZ002", """[KafkaData("0-3")] public sealed partial class M { [In("-1")] public int A { get; set; } }""")]
    [InlineData("OUZ003", """[KafkaData("0")] public sealed partial class M { public decimal A { get; set; } }""")]
    [InlineData("OUZ003", """[KafkaData("0")] public sealed partial class M { [NullIn("0")] public int? A { get; set; } }""")]
    [InlineData("OUZ004", """[KafkaData("0")] public sealed partial class M { public string? A { get; set; } }""")]
    [InlineData("OUZ004", """[KafkaData("0")] public sealed partial class M { [NullIn("0")] public string A { get; set; } = ""; }""")]
    [InlineData("OUZ005", """[KafkaData("0", Flexible = "0+")] public sealed partial class M { [Tagged(0, "0+")] public int A { get; set; } [Tagged(0, "0+")] public int B { get; set; } }""")]
    [InlineData("OUZ006", """[KafkaData("0-2", Flexible = "2+")] public sealed partial class M { [Tagged(0, "1+")] public int A { get; set; } }""")]
    [InlineData("OUZ007", """[KafkaData("0")] public sealed partial class M { public string A { get; set; } }""")]
    [InlineData("OUZ007", """[KafkaData("0")] public sealed partial class M { public List<int> A { get; set; } = [1]; }""")]
    [InlineData("OUZ007", """[KafkaData("0")] public sealed partial class M { public int A { get; set; } = Environment.TickCount; }""")]
    [InlineData("OUZ008", """public sealed class S { } [KafkaData("0")] public sealed partial class M { public S A { get; set; } = new(); }""")]
    [InlineData("OUZ009", """[KafkaData("0")] public sealed partial class M { public List<S> A { get; set; } = []; [KafkaStruct] public sealed partial class S { public List<S> B { get; set; } = []; } }""")]
    [InlineData("OUZ010", """[KafkaData("1-2")] public sealed partial class M { [In("3+")] public int A { get; set; } }""")]
    [InlineData("OUZ010", """[KafkaData("0-2")] public sealed partial class M { [In("2+")] public S A { get; set; } = new(); [KafkaStruct] public sealed partial class S { [In("0-1")] public int B { get; set; } } }""")]
    [InlineData("OUZ011", """[KafkaData("0-2")] public sealed partial class M { [In("2+"), NullIn("0-1")] public string? A { get; set; } }""")]
    [InlineData("OUZ012", """[KafkaData("0", Flexible = "0+")] public sealed partial class M { [Tagged(0, "0+"), NullIn("0+")] public RecordsData? A { get; set; } }""")]
    [InlineData("OUZ012", """[KafkaData("0")] public sealed partial class M { public List<RecordsData> A { get; set; } = []; }""")]
    [InlineData("OUZ013", """[KafkaData("0", Flexible = "0+")] public sealed partial class M { [In("0+"), Tagged(0, "0+")] public int A { get; set; } }""")]
    [InlineData("OUZ014", """[KafkaRequest(ApiKey.Fetch, "0")] public sealed partial class ARequest { } [KafkaRequest(ApiKey.Fetch, "0")] public sealed partial class BRequest { }""")]
    public void A_wrong_declaration_is_refused_with_its_number(string id, string message)
    {
        var result = GeneratorRun.Of(message);
        Assert.Equal(id, Assert.Single(result.Diagnostics).Id);
    }

    [Fact]
    public void A_diagnostic_points_at_the_property()
    {
        var diagnostic = Assert.Single(GeneratorRun.Of("""[KafkaData("0")] public sealed partial class M { public decimal Amount { get; set; } }""").Diagnostics);
        Assert.Equal("Kafka's protocol has no type for 'M.Amount' of type 'decimal'", diagnostic.GetMessage());
        Assert.Equal(5, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void A_right_declaration_is_taken_without_a_word()
    {
        var result = GeneratorRun.Of("""
            [KafkaRequest(ApiKey.Fetch, "0-3", Flexible = "2+")]
            public sealed partial class FetchRequest
            {
                [In("1+", Ignorable = true), NullIn("2+")] public string? Name { get; set; } = "";
                public ErrorCode ErrorCode { get; set; }
                public List<S> Topics { get; set; } = [];
                [Tagged(0, "3+"), NullIn("3+")] public S? One { get; set; }
                public int Double => 2;

                [KafkaStruct]
                public sealed partial class S { public Uuid Id { get; set; } public long At { get; set; } = long.MaxValue; }
            }
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(["ApiCatalog.g.cs", "Subject.FetchRequest.g.cs"], result.GeneratedTrees.Select(t => Path.GetFileName(t.FilePath)).Order());
    }
}

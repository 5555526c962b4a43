using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Ouzel.Generators.Configs;

namespace Ouzel.Generators.Tests.Configs;

public sealed class SettingsGeneratorTests
{
    private const string Attributes = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        namespace Ouzel.Broker.Configs;
        public enum SettingScope { Broker, Topic, Group, ClientMetrics }
        public enum SettingType { Unknown, Class }
        public sealed class SettingAttribute(string name) : Attribute { public string Name => name; public double Min { get; set; } public string From { get; set; } = ""; public SettingType Type { get; set; } public bool Required { get; set; } }
        public sealed class SettingsGroupAttribute(SettingScope scope) : Attribute { public SettingScope Scope => scope; }

        """;

    [Fact]
    public void The_initialiser_is_the_default_and_the_summary_the_documentation()
    {
        var (sources, diagnostics) = Run("""
            [SettingsGroup(SettingScope.Topic)]
            public sealed partial class ThingOptions
            {
                /// <summary>Things &amp; "more".</summary>
                [Setting("thing.count", Min = 3)]
                public int Count { get; init; } = 7;

                /// <summary>Names of
                /// things.</summary>
                [Setting("thing.names")]
                public IReadOnlyList<string>? Names { get; init; }

                /// <summary>Maker.</summary>
                [Setting("thing.maker", Type = SettingType.Class, Required = true)]
                public string Maker { get; init; } = "";
            }
            """);
        Assert.Empty(diagnostics);
        var text = sources["ThingOptions.Settings.g.cs"];
        Assert.Contains("""table.Add(new Setting("thing.count", SettingType.Int, SettingText.Of(7), "Things & \"more\".") { Min = 3 });""", text);
        Assert.Contains("""table.Add(new Setting("thing.names", SettingType.List, null, "Names of things."));""", text);
        Assert.Contains("""table.Add(new Setting("thing.maker", SettingType.String, null, "Maker.") { Type = SettingType.Class, Required = true });""", text);
        Assert.Contains("""Count = values.Int("thing.count"),""", text);
        Assert.Contains("""Names = values.ListOrNull("thing.names"),""", text);
        Assert.Contains("SettingScope.Topic)\n        .With(ThingOptions.AddTo);", sources["SettingTables.g.cs"]);
    }

    [Fact]
    public void A_topics_setting_is_the_brokers_too_whose_coarser_units_stand_alone()
    {
        var (sources, diagnostics) = Run("""
            [SettingsGroup(SettingScope.Topic)]
            public sealed partial class ThingOptions
            {
                /// <summary>Things.</summary>
                [Setting("thing.count", Min = 3, From = "log.thing.count")]
                public int Count { get; init; } = 7;

                /// <summary>Time.</summary>
                [Setting("thing.ms", Min = 1, From = "log.thing.ms, log.thing.hours")]
                public long Ms { get; init; } = 9;
            }
            """);
        Assert.Empty(diagnostics);
        var text = sources["ThingOptions.Settings.g.cs"];
        Assert.Contains("""table.Add(new Setting("log.thing.count", SettingType.Int, SettingText.Of(7), "Things.") { Dynamic = DynamicMode.ClusterWide, Min = 3 });""", text);
        Assert.Contains("""table.Add(new Setting("log.thing.ms", SettingType.Long, null, "Time.") { Dynamic = DynamicMode.ClusterWide });""", text);
        Assert.Contains("SettingScope.Broker)\n        .With(ThingOptions.AddBrokersTo);", sources["SettingTables.g.cs"]);
    }

    [Theory]
    [InlineData("/// <summary>Text.</summary>\n[Setting(\"a\")] public DateTime A { get; init; }", "which no setting can have")]
    [InlineData("[Setting(\"a\")] public int A { get; init; }", "needs a summary")]
    [InlineData("/// <summary>Text.</summary>\n[Setting(\"a\")] public int A { get; init; }\n/// <summary>Text.</summary>\n[Setting(\"a\")] public int B { get; init; }", "declared twice")]
    public void A_wrong_declaration_is_an_error(string member, string told)
    {
        var (_, diagnostics) = Run($"[SettingsGroup(SettingScope.Broker)]\npublic sealed partial class Wrong\n{{\n{member}\n}}");
        var error = Assert.Single(diagnostics);
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
        Assert.Contains(told, error.GetMessage());
    }

    [Fact]
    public void A_class_without_the_mark_is_an_error()
    {
        var (_, diagnostics) = Run("public sealed partial class Unmarked\n{\n/// <summary>Text.</summary>\n[Setting(\"a\")] public int A { get; init; }\n}");
        Assert.Contains("[SettingsGroup]", Assert.Single(diagnostics).GetMessage());
    }

    private static (Dictionary<string, string> Sources, IReadOnlyList<Diagnostic> Diagnostics) Run(string code)
    {
        var compilation = CSharpCompilation.Create(
            "settings",
            [CSharpSyntaxTree.ParseText(Attributes + code)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var result = CSharpGeneratorDriver.Create(new SettingsGenerator()).RunGenerators(compilation).GetRunResult();
        return (result.GeneratedTrees.ToDictionary(t => Path.GetFileName(t.FilePath), t => t.ToString()), result.Diagnostics);
    }
}

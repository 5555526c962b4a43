using System.IO.Compression;
using System.Net.Http.Json;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ouzel.Client;
using Ouzel.Protocol;
using Ouzel.Testing;

namespace Ouzel.Packages.Tests;

/// <summary>The packages as their users get them: made by eng/pack, restored into projects that know nothing of this tree, and run.</summary>
public sealed partial class PackageTests(Packed packed) : IClassFixture<Packed>
{
    private static readonly string[] Names = ["Ouzel.Client", "Ouzel.Client.Hosting", "Ouzel.Testing", "Ouzel.Aspire.Hosting", "Ouzel.Protocol", "Ouzel.Storage", "Ouzel.Broker"];

    [Fact]
    public void Every_package_has_its_readme_documentation_symbols_and_licence()
    {
        foreach (var name in Names)
        {
            using var package = ZipFile.OpenRead(packed.PackageFile(name));
            using var manifest = package.GetEntry($"{name}.nuspec")!.Open();
            var about = XDocument.Load(manifest).Root!.Elements().Single(e => e.Name.LocalName == "metadata").Elements().ToLookup(e => e.Name.LocalName, e => e.Value);

            Assert.Equal(("Apache-2.0", "README.md"), (about["license"].Single(), about["readme"].Single()));
            Assert.True(about["description"].Single().Length > 40, $"{name} says nothing of itself");
            Assert.NotNull(package.GetEntry("README.md"));
            Assert.True(package.GetEntry($"lib/net10.0/{name}.xml")!.Length > 500, $"{name} has no documentation");
            Assert.True(HasSymbols(package.GetEntry($"lib/net10.0/{name}.dll")!), $"{name} has no symbols");
        }
    }

    [Fact]
    public async Task The_shop_takes_orders_and_bills_them()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", 6).Topic("orders.dlq"));
        var program = await packed.BuildAsync("Shop", "Microsoft.NET.Sdk.Web", "Ouzel.Client.Hosting", Sample("Shop/Program.cs"), Sample("Shop/appsettings.json"));
        using var shop = OutsideProgram.Start(Path.GetDirectoryName(program)!, Packed.Dotnet, program, "--urls", "http://127.0.0.1:0", $"--Ouzel:BootstrapServers={broker.BootstrapServers}");
        var address = Address().Match(await shop.LineAsync("Now listening on")).Value;
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        using var taken = await http.PostAsJsonAsync("/orders", new { Id = "order-1", Total = 12.5m }, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Equal("billed order-1: 12.5", await shop.LineAsync("billed"));
        Assert.Equal("Healthy", await http.GetStringAsync("/health", TestContext.Current.CancellationToken));

        using var free = await http.PostAsJsonAsync("/orders", new { Id = "order-2", Total = 0m }, TestContext.Current.CancellationToken);
        await foreach (var letter in broker.ReadAsync("orders.dlq", TestContext.Current.CancellationToken))
        {
            Assert.Equal("order-2", letter.KeyText);
            break;
        }

        Assert.Equal(0, await shop.EndAsync());
        Assert.Equal(2, await CommittedAsync(broker, "billing"));
    }

    [Fact]
    public async Task The_report_counts_orders_in_batches()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        var program = await packed.BuildAsync("Report", "Microsoft.NET.Sdk", "Ouzel.Client", Sample("Report/Program.cs"));
        using var report = OutsideProgram.Start(Path.GetDirectoryName(program)!, Packed.Dotnet, program, broker.BootstrapServers);
        var sender = await packed.BuildAsync("Sender", "Microsoft.NET.Sdk", "Ouzel.Client", ("Program.cs", """
            using Ouzel.Client;

            await using var client = await OuzelClient.ConnectAsync(args[0]);
            await using var producer = client.CreateProducer<string, string>();
            await producer.SendAsync("orders", "order-1", "a book");
            await producer.SendAsync("orders", "order-2", "a lamp");
            """));
        await OutsideProgram.RunAsync(Path.GetDirectoryName(sender)!, Packed.Dotnet, sender, broker.BootstrapServers);

        Assert.Equal("2. order-2: a lamp", await report.LineAsync("2."));
        Assert.Equal(0, await report.EndAsync());
        Assert.Contains("the report ends", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_starts_inside_a_program()
    {
        var program = await packed.BuildAsync("Inside", "Microsoft.NET.Sdk", "Ouzel.Testing", ("Program.cs", """
            using Ouzel.Testing;

            await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 6));
            Console.WriteLine($"{broker.BootstrapServers.Split(':')[0]} has {broker.Read("orders").Count} records");
            """));

        Assert.Equal("127.0.0.1 has 0 records", (await OutsideProgram.RunAsync(Path.GetDirectoryName(program)!, Packed.Dotnet, program)).Trim());
    }

    private static (string Name, string Text) Sample(string path) => (Path.GetFileName(path), File.ReadAllText(Path.Combine(CheckoutTree.Root, "samples", path)));

    /// <summary>The sum of what a group committed for the six partitions of the orders.</summary>
    private static async Task<long> CommittedAsync(OuzelTestBroker broker, string group)
    {
        TopicPartition[] partitions = [.. Enumerable.Range(0, 6).Select(p => new TopicPartition("orders", p))];
        await using var client = await OuzelClient.ConnectAsync(broker.BootstrapServers);
        await using var consumer = client.CreateConsumer<string, string>(partitions, group);
        return (await consumer.CommittedAsync(partitions)).Sum(c => c.Offset);
    }

    private static bool HasSymbols(ZipArchiveEntry assembly)
    {
        using var bytes = new MemoryStream();
        using (var packedBytes = assembly.Open())
        {
            packedBytes.CopyTo(bytes);
        }

        bytes.Position = 0;
        using var image = new PEReader(bytes);
        return image.ReadDebugDirectory().Any(d => d.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
    }

    [GeneratedRegex(@"http://[\d.:]+")]
    private static partial Regex Address();
}

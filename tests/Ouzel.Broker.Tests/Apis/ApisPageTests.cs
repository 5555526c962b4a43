using System.Globalization;
using System.Text;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Apis;

/// <summary>docs/apis.md is made from the table. OUZEL_WRITE_DOCS=1 in the environment writes it anew.</summary>
public sealed class ApisPageTests
{
    private const string Start = """
        # APIs

        Made from `src/Ouzel.Broker/Apis/ApiTable.cs`; a test keeps it equal to that list (`OUZEL_WRITE_DOCS=1` writes it anew).

        "Announced" is what ApiVersions tells clients. "Older, too" are versions that Apache Kafka dropped in 4.0 and that clients of those days send unasked or are told of in version 0
        (decision [4](decisions/0004-old-clients.md)). "Flexible" is the first version with tagged fields. What a handler leaves out stands at the top of its file, `src/Ouzel.Broker/Apis/<API>.cs`.

        | Key | API | Announced | Older, too | Flexible |
        |--:|---|---|---|---|

        """;

    [Fact]
    public async Task The_page_says_what_the_table_says()
    {
        await using var node = await TestNode.StartAsync();
        var page = Page(ApiTable.For(node.Node));
        var file = Path.Combine(CheckoutTree.Root, "docs", "apis.md");
        if (Environment.GetEnvironmentVariable("OUZEL_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(file, page);
        }

        Assert.Equal(page, await File.ReadAllTextAsync(file));
    }

    private static string Page(ServedApis table)
    {
        var page = new StringBuilder(Start.Replace("\r\n", "\n", StringComparison.Ordinal));
        foreach (var api in table.Entries)
        {
            var older = api.Oldest < api.Lowest ? Versions(api.Oldest, (short)(api.Lowest - 1)) : "";
            var flexible = ApiCatalog.FirstFlexibleVersion(api.Key);
            var from = flexible >= 0 && flexible <= api.Highest ? flexible.ToString(CultureInfo.InvariantCulture) : "";
            page.Append(CultureInfo.InvariantCulture, $"| {(short)api.Key} | {api.Key} | {Versions(api.Lowest, api.Highest)} | {older} | {from} |\n");
        }

        page.Append("\n## Not served\n\nA client that asks anyway loses its connection, as with Apache Kafka.\n\n");
        page.AppendJoin(", ", ApiCatalog.Keys.ToArray().Where(key => table.Find((short)key) is null).Select(key => $"{key} ({(short)key})"));
        return page.Append(".\n").ToString();
    }

    private static string Versions(short lowest, short highest) => lowest == highest ? $"{lowest}" : $"{lowest}-{highest}";
}

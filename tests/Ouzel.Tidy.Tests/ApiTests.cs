using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>The one list of APIs, its handlers and their tests belong together.</summary>
public sealed partial class ApiTests
{
    private const string Table = "src/Ouzel.Broker/Apis/ApiTable.cs";

    [Fact]
    public void Every_api_of_the_table_has_a_handler_and_a_test_where_one_looks_for_them()
    {
        var apis = Registered();
        Assert.True(apis.Count >= 1, $"{Table} creates no handler named <Api>Api");
        var missing = new List<string>();
        foreach (var api in apis)
        {
            foreach (var file in new[] { $"src/Ouzel.Broker/Apis/{api}.cs", $"src/Ouzel.Protocol/Messages/{api}.cs", $"tests/Ouzel.Broker.Tests/Apis/{api}Tests.cs" })
            {
                if (!Checkout.Has(file))
                {
                    missing.Add(file);
                }
            }
        }

        Checkout.NothingFound(missing, $"{Table} serves these APIs; write the files:");
    }

    [Fact]
    public void Every_handler_is_in_the_table()
    {
        var apis = Registered();
        List<string> missing = [.. Checkout.Under("src/Ouzel.Broker/Apis")
            .SelectMany(f => Handler().Matches(Checkout.Read(f)).Select(m => m.Groups[1].Value))
            .Except(apis)];
        Checkout.NothingFound(missing, $"These handlers are served by nobody; add them to {Table}:");
    }

    private static List<string> Registered() =>
        [.. Creation().Matches(Checkout.Read(Table)).Select(m => m.Groups[1].Value).Distinct()];

    [GeneratedRegex(@"\bnew (\w+?)Api\(")]
    private static partial Regex Creation();

    [GeneratedRegex(@"\bclass (\w+?)Api\b[^;{]*:\s*IApi<")]
    private static partial Regex Handler();
}

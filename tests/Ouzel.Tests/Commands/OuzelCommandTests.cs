using Ouzel.Commands;
using Ouzel.Tests.Hosting;

namespace Ouzel.Tests.Commands;

public sealed class OuzelCommandTests
{
    private readonly TestHost _host = new();

    [Fact]
    public async Task Version_names_the_product_and_its_number()
    {
        Assert.Equal(ExitCode.Ok, await _host.RunAsync("version"));
        Assert.StartsWith($"ouzel {VersionCommand.Number} (.NET ", _host.Output);
        Assert.Matches(@"^\d+\.\d+\.\d+$", VersionCommand.Number);
    }

    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task Help_lists_the_commands(params string[] arguments)
    {
        Assert.Equal(ExitCode.Ok, await _host.RunAsync(arguments));
        Assert.Contains("start", _host.Output);
        Assert.Contains("version", _host.Output);
        Assert.Empty(_host.Error);
    }

    [Fact]
    public async Task Help_of_a_command_explains_its_options()
    {
        Assert.Equal(ExitCode.Ok, await _host.RunAsync("help", "start"));
        foreach (var option in new[] { "--config", "--set", "--data", "--memory", "--port", "--ready-file", "--topic", "--log-format", "-daemon" })
        {
            Assert.Contains(option, _host.Output);
        }
    }

    [Theory]
    [InlineData("strat", "there is no command strat; did you mean start?")]
    [InlineData("strat --port 1", "there is no command strat; did you mean start?")]
    [InlineData("help strat", "there is no command strat; did you mean start?")]
    [InlineData("version --foo", "there is no option --foo")]
    [InlineData("start --prot 1", "there is no option --prot; did you mean --port?")]
    [InlineData("start --prot", "there is no option --prot; did you mean --port?")]
    [InlineData("start --dta x", "there is no option --dta; did you mean --data?")]
    [InlineData("start -daemno", "there is no option -daemno; did you mean -daemon?")]
    [InlineData("start -data x", "there is no option -data; did you mean --data?")]
    [InlineData("start one two", "'two'")]
    [InlineData("start one --config two", "one and --config name two settings files: leave one out")]
    [InlineData("start --port many", "--port many: a port is a number from 0 to 65535")]
    [InlineData("start --port 65536", "--port 65536: a port is a number from 0 to 65535")]
    [InlineData("start --set num.partitions", "write --set name=value")]
    [InlineData("start --topic :3", "write --topic name:partitions")]
    [InlineData("start --topic orders:0", "write --topic name:partitions")]
    [InlineData("start --topic my+orders:1", "--topic my+orders:1: Topic name 'my+orders' has a character other than")]
    [InlineData("start --topic ..", "'..' is no name for a topic")]
    [InlineData("start --topic orders:10001", "--topic orders:10001: a topic begins with at most 10000 partitions")]
    [InlineData("start --log-format xml", "write text or json")]
    [InlineData("start --memory --data x", "leave one out")]
    [InlineData("start --data", "--data")]
    public async Task A_wrong_usage_is_told_on_standard_error_and_starts_nothing(string line, string told)
    {
        Assert.Equal(ExitCode.Usage, await _host.RunAsync(line.Split(' ')));
        Assert.Contains(told, _host.Error);
        Assert.Contains("ouzel help", _host.Error);
        Assert.Single(_host.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(_host.Output);
        Assert.Empty(_host.Events);
    }
}

using System.Diagnostics;
using System.Globalization;
using Ouzel.Commands;

namespace Ouzel.Tests.Hosting;

/// <summary>-daemon, as Kafka's start script knows it.</summary>
public sealed class DaemonTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ouzel-daemon-").FullName;

    private string Log => Path.Combine(_folder, "logs", "ouzel.out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-daemon")]
    [InlineData("--daemon")]
    public async Task A_broker_in_the_background_serves_on_and_says_where_its_log_is(string option)
    {
        using var start = new OuzelProcess(_folder, "start", option, "--port", "0", "--ready-file", "ready");
        Assert.Equal(ExitCode.Ok, await start.ExitAsync());
        var words = start.Output.Split(' ');
        using var broker = Process.GetProcessById(int.Parse(words[Array.IndexOf(words, "process") + 1].TrimEnd(','), CultureInfo.InvariantCulture));
        try
        {
            var address = (await File.ReadAllTextAsync(Path.Combine(_folder, "ready"))).Trim();
            Assert.Contains($"serves Kafka clients at {address}", start.Output);
            Assert.Contains($"its log is {Log}", start.Output);
            Assert.Contains("Serving PLAINTEXT", await File.ReadAllTextAsync(Log));
            Assert.Equal([Log], Directory.GetFiles(Path.Combine(_folder, "logs")));

            // Field 6 of stat is the session: its own, so that a terminal that closes does not take it along.
            var stat = await File.ReadAllTextAsync($"/proc/{broker.Id}/stat");
            Assert.Equal($"{broker.Id}", stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
        }
        finally
        {
            using var kill = Process.Start("kill", ["-HUP", $"{broker.Id}"]);
            await broker.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        }

        Assert.EndsWith("Stopped\n", await File.ReadAllTextAsync(Log));
    }

    [Fact]
    public async Task A_broker_that_does_not_start_is_told_at_once()
    {
        using var start = new OuzelProcess(_folder, "start", "-daemon", "--set", "num.partitions=none");
        Assert.Equal(ExitCode.Usage, await start.ExitAsync());
        Assert.Contains("Invalid value none for configuration num.partitions", Assert.Single(start.Error.TrimEnd('\n').Split('\n')));
        Assert.Contains(Log, start.Error);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ouzel.Commands;

namespace Ouzel.Tests.Hosting;

/// <summary>The program as a user meets it: ports, signals, exit codes, data that is in use.</summary>
public sealed class OuzelProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ouzel-process-").FullName;

    private string Ready => Path.Combine(_folder, "ready");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_broker_serves_on_a_free_port_until_a_signal(string signal)
    {
        using var broker = new OuzelProcess(_folder, "start", "--port", "0", "--ready-file", Ready, "--topic", "first:3");
        var address = await broker.ReadyAsync(Ready);
        var port = int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
        }

        Assert.True(Directory.Exists(Path.Combine(_folder, "ouzel-data", "first-2")));

        Assert.Equal(ExitCode.Ok, await broker.SignalAsync(signal));
        Assert.False(File.Exists(Ready));
        Assert.Empty(broker.Error);
        Assert.Contains($"serves Kafka clients at {address}", broker.Output);
        Assert.Contains("Stopped", broker.Output);
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_says_so_and_the_first_goes_on()
    {
        using var first = new OuzelProcess(_folder, "start", "--port", "0", "--ready-file", Ready);
        await first.ReadyAsync(Ready);
        using var second = new OuzelProcess(_folder, "start", "--port", "0");
        Assert.Equal(ExitCode.Failure, await second.ExitAsync());
        Assert.Contains("in use", Assert.Single(second.Error.TrimEnd('\n').Split('\n')));
        Assert.False(first.Process.HasExited);
        Assert.Equal(ExitCode.Ok, await first.SignalAsync("TERM"));
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_the_way_out()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var broker = new OuzelProcess(_folder, "start", "--memory", "--port", port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(ExitCode.Failure, await broker.ExitAsync());
        Assert.Contains($"the address localhost:{port} is in use: stop the program that has it, or choose another port with --port N", Assert.Single(broker.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_told_with_the_way_out()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
        using var broker = new OuzelProcess(_folder, "start", "--port", "0", "--data", "file/below");
        Assert.Equal(ExitCode.Failure, await broker.ExitAsync());
        Assert.Contains("choose another place with --data DIR, or use --memory", Assert.Single(broker.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public async Task A_bad_setting_starts_nothing()
    {
        using var broker = new OuzelProcess(_folder, "start", "--set", "num.partitions=none");
        Assert.Equal(ExitCode.Usage, await broker.ExitAsync());
        Assert.Contains("Invalid value none for configuration num.partitions", Assert.Single(broker.Error.TrimEnd('\n').Split('\n')));
        Assert.False(Directory.Exists(Path.Combine(_folder, "ouzel-data")));
    }

    [Fact]
    public async Task A_broker_in_memory_leaves_nothing_behind()
    {
        using var broker = new OuzelProcess(_folder, "start", "--memory", "--port", "0", "--ready-file", Ready, "--topic", "first:1");
        await broker.ReadyAsync(Ready);
        Assert.Equal(ExitCode.Ok, await broker.SignalAsync("TERM"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task What_a_stranger_says_is_named_and_cannot_drive_the_terminal()
    {
        using var broker = new OuzelProcess(_folder, "start", "--memory", "--port", "0", "--ready-file", Ready);
        var address = await broker.ReadyAsync(Ready);
        await SayAsync(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await SayAsync(address, [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

        // A request that cannot be read, of a client whose id clears the screen.
        var id = "\e[2J\u202Eevil"u8.ToArray();
        await SayAsync(address, [0, 0, 0, (byte)(10 + id.Length), 0, 24, 0, 0, 0, 0, 0, 1, 0, (byte)id.Length, .. id]);
        Assert.Equal(ExitCode.Ok, await broker.SignalAsync("TERM"));
        Assert.Contains("it speaks HTTP, which listener PLAINTEXT does not", broker.Output);
        Assert.Contains("it speaks TLS, which listener PLAINTEXT does not", broker.Output);
        Assert.Contains("client '\\u001B[2J\\u202Eevil'", broker.Output);
        Assert.DoesNotContain('\e', broker.Output);
    }

    [Fact]
    public async Task A_standard_output_that_nobody_reads_stalls_neither_clients_nor_the_stop()
    {
        // A pipe that is open in both directions and never read. What does not fit into it must not matter.
        using var shell = new OuzelProcess("/bin/sh", _folder,
            ["-c", "mkfifo pipe; exec \"$0\" start --memory --port 0 --ready-file ready --set ouzel.log.level=trace 1<>pipe 2>&1", OuzelProcess.Executable]);
        var address = await shell.ReadyAsync(Ready);
        byte[] versions = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];
        for (var i = 0; i < 2000; i++)
        {
            Assert.NotEmpty(await SayAsync(address, versions));
        }

        Assert.Equal(ExitCode.Ok, await shell.SignalAsync("TERM"));
        Assert.False(File.Exists(Ready));
    }

    [Fact]
    public async Task Topics_that_come_are_news_and_those_that_are_found_are_not()
    {
        for (var run = 0; run < 2; run++)
        {
            using var broker = new OuzelProcess(_folder, "start", "--port", "0", "--ready-file", Ready, "--topic", "kept:2");
            await broker.ReadyAsync(Ready);
            Assert.Equal(ExitCode.Ok, await broker.SignalAsync("TERM"));
            Assert.Equal(run == 0, broker.Output.Contains("Topic kept is made with 2 partitions", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_program_starts_again_on_what_it_left()
    {
        for (var run = 0; run < 2; run++)
        {
            using var broker = new OuzelProcess(_folder, "start", "--port", "0", "--ready-file", Ready, "--topic", "kept:2");
            await broker.ReadyAsync(Ready);
            Assert.Equal(ExitCode.Ok, await broker.SignalAsync("TERM"));
        }

        Assert.Equal(["kept-0", "kept-1"], Directory.GetDirectories(Path.Combine(_folder, "ouzel-data"), "kept-*").Select(d => Path.GetFileName(d)!).Order());
    }

    /// <summary>Sends bytes and returns what comes back first.</summary>
    private static async Task<byte[]> SayAsync(string address, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await client.GetStream().WriteAsync(bytes, timeout.Token);
        var answer = new byte[4096];
        return answer[..await client.GetStream().ReadAsync(answer, timeout.Token)];
    }
}

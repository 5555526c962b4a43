using System.Net.Sockets;
using System.Text;
using Ouzel.Commands;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Tests.Hosting;

public sealed class BrokerHostTests
{
    private readonly TestHost _host = new();

    [Theory]
    [InlineData("start")]
    [InlineData("serve")]
    public async Task A_broker_serves_until_a_signal_and_stops_cleanly(string verb)
    {
        Assert.Equal(ExitCode.Ok, await _host.RunAsync(verb));
        Assert.Equal(["start", "stop"], _host.Events);
        Assert.Contains("SIGTERM: stopping, once more aborts", _host.Output);
        Assert.Empty(_host.Error);
    }

    [Fact]
    public async Task The_banner_says_where_what_and_how_to_stop()
    {
        await _host.RunAsync("start", "--port", "19092", "--data", "/some/place");
        Assert.Contains("serves Kafka clients at localhost:19092", _host.Output);
        Assert.Contains("data     /some/place", _host.Output);
        Assert.Contains("kcat -P -b localhost:19092", _host.Output);
        Assert.Contains("Ctrl+C", _host.Output);
    }

    [Fact]
    public async Task The_banner_of_a_broker_in_memory_warns()
    {
        await _host.RunAsync("start", "--memory");
        Assert.True(_host.Options!.InMemory);
        Assert.Contains("in memory only: gone when the broker stops", _host.Output);
    }

    [Fact]
    public async Task The_ready_file_holds_the_address_while_requests_are_served()
    {
        _host.ReadyFile = "/run/ready";
        _host.Disk.CreateDirectory("/run");
        Assert.Equal(ExitCode.Ok, await _host.RunAsync("start", "--port", "0", "--ready-file", "/run/ready"));
        Assert.Equal("localhost:40001\n", _host.ReadyText);
        Assert.False(_host.Disk.Exists("/run/ready"));
    }

    [Theory]
    [InlineData("start --ready-file /run/ready --set num.partitions=many")]
    [InlineData("start --ready-file /run/ready --config none.properties")]
    [InlineData("start --ready-file /run/ready")]
    public async Task The_ready_file_of_an_earlier_run_goes_before_anything_can_fail(string line)
    {
        _host.Disk.CreateDirectory("/run");
        Write("/run/ready", "localhost:1\n");
        _host.StartFailure = new DiskException("open", "/data/x", 5, "Input/output error");
        Assert.NotEqual(ExitCode.Ok, await _host.RunAsync(line.Split(' ')));
        Assert.False(_host.Disk.Exists("/run/ready"));
    }

    [Theory]
    [InlineData("start --topic a.b:1 --topic a_b:1", null)]
    [InlineData("start --topic a.b:1", "a_b:2")]
    public async Task Topics_that_exclude_each_other_start_nothing(string line, string? environment)
    {
        if (environment is not null)
        {
            _host.Environment["KAFKA_CREATE_TOPICS"] = environment;
        }

        Assert.Equal(ExitCode.Usage, await _host.RunAsync(line.Split(' ')));
        Assert.Empty(_host.Events);
        Assert.Contains("topics a.b and a_b exclude each other", _host.Error);
    }

    [Fact]
    public async Task A_ready_file_that_cannot_be_starts_nothing()
    {
        Assert.Equal(ExitCode.Usage, await _host.RunAsync("start", "--ready-file", "/none/ready"));
        Assert.Empty(_host.Events);
        Assert.Contains("there is no folder for the ready file /none/ready", Assert.Single(_host.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public async Task A_ready_file_that_may_not_be_written_starts_nothing()
    {
        var disk = new FaultyDisk(new Random(1)) { DescriptorsMax = 0 };
        disk.CreateDirectory("/run");
        var host = new TestHost { Disk = disk };
        Assert.Equal(ExitCode.Usage, await host.RunAsync("start", "--ready-file", "/run/ready"));
        Assert.Empty(host.Events);
        Assert.Contains("the ready file /run/ready cannot be written", Assert.Single(host.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public async Task A_stop_during_the_start_is_followed_by_no_word_of_serving()
    {
        var host = new TestHost { EarlySignal = "SIGINT" };
        Assert.Equal(ExitCode.Ok, await host.RunAsync("start", "--topic", "a:1"));
        Assert.Equal(["start", "stop"], host.Events);
        Assert.DoesNotContain("serves", host.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/some/notes")]
    [InlineData("/some/notes/data")]
    public async Task A_file_where_the_data_should_lie_is_named(string data)
    {
        _host.Disk.CreateDirectory("/some");
        Write("/some/notes", "mine");
        _host.StartFailure = new DiskException("lock", data, 20, "Not a directory");
        Assert.Equal(ExitCode.Failure, await _host.RunAsync("start", "--data", data));
        Assert.Contains("/some/notes is a file, not a directory", Assert.Single(_host.Error.TrimEnd('\n').Split('\n')));
    }

    [Theory]
    [InlineData("localhost:9095")]
    [InlineData("PLAINTEXT://localhost")]
    public async Task A_listener_that_is_written_wrong_is_told_as_it_was_written(string listener)
    {
        Assert.Equal(ExitCode.Usage, await _host.RunAsync("start", "--port", "0", "--set", $"listeners={listener}"));
        Assert.Contains($"'{listener}'", _host.Error);
    }

    [Fact]
    public async Task A_topic_that_has_another_number_of_partitions_is_left_and_told()
    {
        _host.Existing["a"] = 2;
        Assert.Equal(ExitCode.Ok, await _host.RunAsync("start", "--topic", "a:5"));
        Assert.Contains("Topic a has 2 partitions already, not 5", _host.Output);
    }

    [Fact]
    public async Task A_topic_that_is_there_is_no_news()
    {
        _host.Existing["a"] = 2;
        await _host.RunAsync("start", "--topic", "a:2", "--topic", "a");
        Assert.DoesNotContain("already", _host.Output);
    }

    [Fact]
    public async Task A_directory_is_not_a_settings_file()
    {
        _host.Disk.CreateDirectory("/etc/kafka");
        Assert.Equal(ExitCode.Usage, await _host.RunAsync("start", "--config", "/etc/kafka"));
        Assert.Contains("/etc/kafka is a directory: name the settings file in it", Assert.Single(_host.Error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public async Task Machines_get_objects_alone()
    {
        await _host.RunAsync("start", "--log-format", "json");
        var lines = _host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, l => Assert.Equal(System.Text.Json.JsonValueKind.Object, System.Text.Json.JsonDocument.Parse(l).RootElement.ValueKind));
        Assert.Contains("\"event\":\"Ready\"", _host.Output);
    }

    [Fact]
    public async Task An_address_for_everybody_is_told_as_one_that_can_be_used()
    {
        await _host.RunAsync("start", "--set", "listeners=PLAINTEXT://0.0.0.0:9095");
        Assert.Contains("at localhost:9095", _host.Output);
    }

    [Fact]
    public async Task Topics_are_made_before_the_broker_says_it_is_ready()
    {
        _host.Environment["KAFKA_CREATE_TOPICS"] = "third:2";
        await _host.RunAsync("start", "--topic", "first:3", "--topic", "second", "--set", "num.partitions=7");
        Assert.Equal(["start", "topic first:3", "topic second:7", "topic third:2", "stop"], _host.Events);
    }

    [Fact]
    public async Task The_port_replaces_that_of_the_first_listener()
    {
        Write("server.properties", "listeners=PLAINTEXT://:9092,OTHER://:9094\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT");
        await _host.RunAsync("start", "--config", "server.properties", "--port", "5");
        Assert.Equal([":5", ":9094"], _host.Options!.Listeners.Select(l => l.Address));
    }

    [Fact]
    public async Task The_command_line_wins_over_environment_and_file()
    {
        Write("server.properties", "num.partitions=2\nmessage.max.bytes=3000");
        _host.Environment["KAFKA_NUM_PARTITIONS"] = "4";
        await _host.RunAsync("start", "-c", "server.properties", "--set", "num.partitions=5", "--set", "log.dirs=ignored", "-d", "chosen");
        Assert.Equal((5, 3000, "chosen"), (_host.Options!.Topics.NumPartitions, _host.Options.TopicDefaults.MaxMessageBytes, _host.Options.DataDirectories.Single()));
    }

    [Fact]
    public async Task The_settings_file_may_stand_alone_as_in_Kafkas_start_script()
    {
        Write("server.properties", "num.partitions=2");
        await _host.RunAsync("start", "server.properties", "--override", "message.max.bytes=7000");
        Assert.Equal((2, 7000), (_host.Options!.Topics.NumPartitions, _host.Options.TopicDefaults.MaxMessageBytes));
    }

    [Fact]
    public async Task What_a_file_cannot_say_here_is_logged()
    {
        Write("server.properties", "zookeeper.session.timeout.ms=5000\nnum.partition=3");
        await _host.RunAsync("start", "--config", "server.properties");
        Assert.Contains("zookeeper.session.timeout.ms (server.properties line 1) has no effect: this node keeps the cluster's metadata itself", _host.Output);
        Assert.Contains("did you mean num.partitions?", _host.Output);
    }

    [Theory]
    [InlineData("start --config none.properties", "cannot read the settings file none.properties")]
    [InlineData("start --set num.partitions=many", "Invalid value many for configuration num.partitions: Not a number of type INT (the command line)")]
    [InlineData("start --set listeners=SSL://:9093", "only PLAINTEXT is there yet")]
    public async Task A_wrong_setting_is_one_line_and_a_usage_error(string line, string told)
    {
        Assert.Equal(ExitCode.Usage, await _host.RunAsync(line.Split(' ')));
        Assert.Contains(told, Assert.Single(_host.Error.TrimEnd('\n').Split('\n')));
        Assert.Empty(_host.Events);
    }

    public static TheoryData<Exception, string> Failures => new()
    {
        { new SocketException((int)SocketError.AddressAlreadyInUse), "the address localhost:9092 is in use: stop the program that has it, or choose another port with --port N" },
        { new SocketException((int)SocketError.AccessDenied), "choose a port above 1023" },
        { new SocketException((int)SocketError.AddressNotAvailable), "this machine has no address for localhost:9092" },
        { new DiskException("open", "/data/x", 30, "Read-only file system"), "mount it for writing, choose another place with --data DIR, or use --memory" },
        { new DiskException("write", "/data/x", 28, "No space left on device"), "the disk of ./ouzel-data is full" },
        { new AggregateException(new InvalidOperationException("odd"), new AggregateException(new DiskException("write", "/data/x", 28, "No space left on device"))), "the disk of ./ouzel-data is full" },
        { new DiskException("open", "/data/x", 13, "Permission denied"), "this user may not write in ./ouzel-data" },
        { new DiskException("read", "/data/x", 5, "Input/output error"), "repair the disk" },
        { new InvalidOperationException("red \e[31m"), "red \\u001B[31m" },
        { new LogDirectoryException("the data is in use by another broker"), "the data is in use by another broker" },
        { new InvalidOperationException("two\nlines"), "two lines (InvalidOperationException; --set ouzel.log.level=debug shows where)" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task A_broker_that_does_not_start_says_why_in_one_line(Exception failure, string told)
    {
        _host.StartFailure = failure;
        Assert.Equal(ExitCode.Failure, await _host.RunAsync("start"));
        Assert.Contains(told, Assert.Single(_host.Error.TrimEnd('\n').Split('\n')));
        Assert.DoesNotContain(failure.StackTrace ?? "   at ", _host.Output);
    }

    [Fact]
    public async Task A_broker_that_ends_by_itself_is_a_failure_and_is_cleaned_up()
    {
        _host.Signal = null;
        _host.End(new InvalidOperationException("the last log directory failed"));
        Assert.Equal(ExitCode.Failure, await _host.RunAsync("start"));
        Assert.Equal(["start", "stop"], _host.Events);
        Assert.Contains("the last log directory failed", _host.Error);
    }

    [Fact]
    public async Task What_ended_the_broker_is_told_rather_than_what_failed_because_of_it()
    {
        _host.TopicFailure = new InvalidOperationException("no more changes");
        _host.End(new DiskException("write", "/data/x", 28, "No space left on device"));
        Assert.Equal(ExitCode.Failure, await _host.RunAsync("start", "--topic", "a:1"));
        Assert.Contains("the disk of ./ouzel-data is full", Assert.Single(_host.Error.TrimEnd('\n').Split('\n')));
        Assert.Equal(["start", "topic a:1", "stop"], _host.Events);
    }

    [Fact]
    public void A_second_signal_aborts()
    {
        var (stopping, aborted) = (new List<string>(), 0);
        using var signals = new Ouzel.Hosting.StopSignals(stopping.Add, () => aborted++);
        signals.Receive("SIGINT");
        Assert.True(signals.Stop.IsCompleted);
        Assert.Equal(0, aborted);
        signals.Receive("SIGINT");
        Assert.Equal(1, aborted);
        Assert.Equal(["SIGINT"], stopping);
    }

    private void Write(string file, string text) => _host.Disk.ReplaceFile(file, Encoding.UTF8.GetBytes(text), sync: false);
}

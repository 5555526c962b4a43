using Microsoft.Extensions.Logging;
using Ouzel.Broker.Tests.Support;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>Brokers started on the log directories that Kafka left: what clients get is what they got from Kafka, before and after another start.</summary>
public sealed class GoldenBrokerTests
{
    public static TheoryData<string> Cases => [.. GoldenCase.Names.Except(LaterCases.NotServed)];

    public static TheoryData<string> RefusedCases => [.. GoldenCase.Names.Where(name => new GoldenCase(name).Refused.Any())];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_broker_on_Kafkas_directory_serves_what_Kafka_served(string name)
    {
        var golden = new GoldenCase(name);
        var clock = golden.ClockAtReadBack();
        var disk = golden.CopyToDisk(clock);
        var differences = await ReadAsync(golden, disk, clock);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        differences = await ReadAsync(golden, disk, clock);
        Assert.True(differences.Count == 0, "after another start:\n" + string.Join('\n', differences));
    }

    [Theory]
    [MemberData(nameof(RefusedCases))]
    public async Task A_start_that_Kafka_refuses_is_refused_and_changes_nothing(string name)
    {
        var golden = new GoldenCase(name);
        var clock = golden.ClockAtReadBack();
        foreach (var settings in golden.Refused)
        {
            var disk = golden.CopyToDisk(clock);
            var before = DiskPicture.Of(disk);
            var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => golden.StartAsync(disk, clock, settings));
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.True(golden.Untouched);
            Assert.Equal(before, DiskPicture.Of(disk));
        }
    }

    [Fact]
    public async Task Partitions_whose_metadata_lies_elsewhere_are_not_served_by_an_empty_cluster()
    {
        var golden = new GoldenCase("metadata-log-dir");
        var clock = golden.ClockAtReadBack();
        var disk = golden.CopyToDisk(clock);
        var before = DiskPicture.Of(disk);
        var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => golden.StartAsync(disk, clock, ["log.dirs=data"]));
        Assert.Contains("metadata.log.dir", refusal.Message);
        Assert.Equal(before, DiskPicture.Of(disk));
    }

    [Fact]
    public void The_list_of_later_cases_names_cases_that_are_there()
        => Assert.Empty(LaterCases.Reasons.Keys.Except(GoldenCase.Names));

    [Theory]
    [InlineData("torn-tail", "58")]
    [InlineData("torn-header", "58")]
    [InlineData("zero-tail", "61")]
    [InlineData("garbage-tail", "61")]
    [InlineData("bad-crc-last-segment", "50")]
    [InlineData("bad-crc-middle-recovery-0", "14")]
    public async Task The_log_says_where_recovery_cut_a_partition(string topic, string end)
    {
        var log = await StartAndStopAsync("unclean");
        Assert.Contains(log.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains($"/{topic}-0:") && l.Text.Contains($"ends at offset {end} "));
    }

    [Theory]
    [InlineData("missing-indexes", "index files of segment 14 are missing")]
    [InlineData("bad-snapshots", "snapshot cannot be read")]
    [InlineData("leftovers", "an index without its log file")]
    public async Task The_log_says_what_was_made_again_or_removed(string topic, string what)
    {
        var log = await StartAndStopAsync("unclean");
        Assert.Contains(log.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains($"/{topic}-0") && l.Text.Contains(what));
    }

    [Theory]
    [InlineData("unclean", true)]
    [InlineData("killed", true)]
    [InlineData("segments", false)]
    [InlineData("clean-damaged", false)]
    public async Task The_log_says_when_the_last_stop_was_not_clean(string name, bool isSaid)
    {
        var log = await StartAndStopAsync(name);
        Assert.Equal(isSaid, log.Lines.Any(l => l.Text.Contains("the last stop was not clean; checking")));
        Assert.DoesNotContain(log.Lines, l => l.Level >= LogLevel.Error);
    }

    private static async Task<HeardLog> StartAndStopAsync(string name)
    {
        var golden = new GoldenCase(name);
        var clock = golden.ClockAtReadBack();
        var log = new HeardLog();
        await using var node = await golden.StartAsync(golden.CopyToDisk(clock), clock, log);
        return log;
    }

    private static async Task<List<string>> ReadAsync(GoldenCase golden, Disk disk, FakeTimeProvider clock)
    {
        var log = new HeardLog();
        await using var node = await golden.StartAsync(disk, clock, log);
        using var client = node.Connect();
        var reader = new GoldenReader(golden, client);
        await reader.ReadAllAsync();
        reader.Differences.AddRange(log.Lines.Where(l => l.Level >= LogLevel.Error).Select(l => "the broker logged: " + l.Text));
        return reader.Differences;
    }
}

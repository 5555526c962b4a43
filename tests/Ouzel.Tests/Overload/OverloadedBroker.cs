using System.Globalization;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Tests.Hosting;

namespace Ouzel.Tests.Overload;

/// <summary>The real program with a memory limit, and what it takes of the machine while clients misbehave.</summary>
internal sealed class OverloadedBroker : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ouzel-overload-").FullName;
    private readonly long _limitMib;
    private readonly string[] _settings;

    public OverloadedBroker(int limitMib, params string[] settings)
    {
        (_limitMib, _settings) = (limitMib, settings);
        Process = Start();
    }

    public OuzelProcess Process { get; private set; }

    public string Address { get; private set; } = "";

    private string Ready => Path.Combine(_folder, "ready");

    public async Task ReadyAsync(params string[] topics)
    {
        Address = await Process.ReadyAsync(Ready);
        using var client = await RawClient.OpenAsync(Address);
        foreach (var topic in topics)
        {
            var made = await client.CallAsync(new CreateTopicsRequest { Topics = [new() { Name = topic, NumPartitions = 1, ReplicationFactor = -1 }] }, 5);
            Assert.Equal(ErrorCode.None, made.Topics[0].ErrorCode);
        }
    }

    /// <summary>The most memory it ever had, in MiB.</summary>
    public long PeakMib => Status("VmHWM");

    public long NowMib => Status("VmRSS");

    /// <summary>Kills it as a crash would, starts it on the same data.</summary>
    public async Task KillAndStartAsync()
    {
        Process.Process.Kill();
        await Process.ExitAsync();
        Process.Dispose();
        File.Delete(Ready);
        Process = Start();
        Address = await Process.ReadyAsync(Ready);
    }

    public void Dispose()
    {
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private OuzelProcess Start() => new(_folder, ["start", "--port", "0", "--ready-file", Ready, "--set", string.Create(CultureInfo.InvariantCulture, $"ouzel.memory.limit={_limitMib << 20}"), .. _settings.SelectMany(s => new[] { "--set", s })]);

    private long Status(string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Process.Process.Id}/status")).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace Ouzel.Load.Suite;

/// <summary>Somebody who serves a row: a broker or a bare loop.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Address">host:port.</param>
/// <param name="Pid">0 when its CPU cannot be read.</param>
/// <param name="IsBare">Knows no topics.</param>
/// <param name="DataDirectory">Of a broker that this program started; null otherwise.</param>
internal sealed record Contender(string Name, string Address, int Pid, bool IsBare, string? DataDirectory) : IDisposable
{
    private ServerProcess? _process;

    /// <summary>The topic that consuming rows read; filled once.</summary>
    public string? FilledTopic { get; set; }

    public static async Task<Contender> BrokerAsync(string name, string executable, string directory, params string[] settings)
    {
        var data = Path.Combine(directory, $"data-{Guid.NewGuid():n}");
        string[] arguments = ["start", "--data", data, "--port", "0", .. settings.SelectMany(s => new[] { "--set", s })];
        var process = await ServerProcess.StartAsync(executable, arguments, directory);
        return new Contender(name, process.Address, process.Pid, false, data) { _process = process };
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The contender owns it.")]
    public static async Task<Contender> BareAsync(string name, string directory, params string[] arguments)
    {
        var process = await ServerProcess.StartAsync(Environment.ProcessPath!, [.. arguments, "--directory", directory], directory);
        return new Contender(name, process.Address, process.Pid, true, null) { _process = process };
    }

    /// <summary>Removes the topic, and gives back its memory and disk at once: what waits for file.delete.delay.ms would weigh on the next run.</summary>
    public async Task DropAsync(LoadOptions options)
    {
        if (IsBare)
        {
            return;
        }

        await Topics.DeleteAsync(options);
        if (DataDirectory is not null)
        {
            foreach (var folder in Directory.EnumerateDirectories(DataDirectory, $"{options.Topic}-*-delete"))
            {
                foreach (var file in Directory.EnumerateFiles(folder, "*.log"))
                {
                    using var emptied = new FileStream(file, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                }
            }
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        if (DataDirectory is not null && Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }
}

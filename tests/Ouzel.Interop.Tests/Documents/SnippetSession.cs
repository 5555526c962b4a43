using System.Diagnostics;

namespace Ouzel.Interop.Tests.Documents;

/// <summary>
/// A reader who follows one page: a folder of their own, in which <c>./ouzel start</c> serves in the background on a free port until the next start or the end,
/// and where the address that the pages name is the one that the broker has.
/// </summary>
internal sealed class SnippetSession : IAsyncDisposable
{
    private const string PageAddress = "localhost:9092";
    private const string PageFolder = "/home/you/ouzel";
    private const int BlockSecondsMax = 90;
    private const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Checkout.TemporaryFolder("snippets");

    public SnippetSession()
    {
        var script = Path.Combine(_folder, "ouzel");
        File.WriteAllText(script, $$"""
            #!/usr/bin/env bash
            set -euo pipefail
            cd "$(dirname "$0")"
            if [ "${1:-}" != start ]; then exec "{{Checkout.Executable}}" "$@"; fi
            if [ -f .broker ]; then
                kill "$(cat .broker)"
                while kill -0 "$(cat .broker)" 2> /dev/null; do sleep 0.05; done
            fi
            rm -f .ready
            "{{Checkout.Executable}}" "$@" --port 0 --ready-file .ready > .log 2>&1 &
            echo $! > .broker
            until [ -s .ready ]; do kill -0 "$(cat .broker)" || { cat .log; exit 1; }; sleep 0.05; done
            cat .log

            """);
#pragma warning disable CA1416 // The pages are for a POSIX shell.
        File.SetUnixFileMode(script, Runnable);
#pragma warning restore CA1416
    }

    private string Address => File.ReadAllText(Path.Combine(_folder, ".ready")).Trim();

    public void Keep(Snippet snippet) => File.WriteAllText(Path.Combine(_folder, snippet.File!), snippet.Text.Replace(PageAddress, Address, StringComparison.Ordinal));

    /// <summary>Runs a block as it stands; it ends well, or it has said what the page shows and is stopped.</summary>
    /// <param name="shown">The block of output behind it; null when the page shows none.</param>
    public async Task RunAsync(Snippet snippet, Snippet? shown)
    {
        // Whoever follows a page on a test machine does not open it to the network.
        var text = snippet.Text.Replace("PLAINTEXT://:", "PLAINTEXT://127.0.0.1:", StringComparison.Ordinal).Replace(PageAddress, "$(cat .ready)", StringComparison.Ordinal);

        // A program that serves until it is stopped takes the shell's place, so that it is the one that is stopped.
        var script = text.StartsWith("node ", StringComparison.Ordinal) ? "exec " + text : text;
        await using var block = ForeignProgram.Start(snippet.Place, "bash", ["-euo", "pipefail", "-c", script],
            new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Checkout.Clients, "node", "node_modules") }, _folder);
        if (shown is null)
        {
            await block.FinishAsync(BlockSecondsMax);
            return;
        }

        await block.UntilAsync(() => Missing(block.Texts, shown) is null, $"what {shown.Place} shows, such as: {Missing(block.Texts, shown)}", BlockSecondsMax);
    }

    /// <summary>The commands that the broker proposes when it starts.</summary>
    public IReadOnlyList<string> Proposed() =>
        [.. File.ReadAllLines(Path.Combine(_folder, ".log")).Where(l => l.Contains(" kcat ", StringComparison.Ordinal)).Select(l => l.Trim()[(l.Trim().IndexOf(' ') + 1)..].Trim())];

    public async ValueTask DisposeAsync()
    {
        var pid = Path.Combine(_folder, ".broker");
        if (File.Exists(pid))
        {
            using var broker = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid)));
            broker.Kill();
            await broker.WaitForExitAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A line of the page that was not printed yet. Lines may have more around what the page shows.</summary>
    private string? Missing(IReadOnlyList<string> printed, Snippet shown) => shown.Text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => File.Exists(Path.Combine(_folder, ".ready")) ? l.Replace(PageAddress, Address, StringComparison.Ordinal).Replace(PageFolder, _folder, StringComparison.Ordinal) : l)
        .FirstOrDefault(l => !printed.Any(p => p.Contains(l, StringComparison.Ordinal)));
}

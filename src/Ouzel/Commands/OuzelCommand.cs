using System.CommandLine;
using Ouzel.Broker.Configs;
using Ouzel.Hosting;
using Ouzel.Logging;

namespace Ouzel.Commands;

/// <summary>The command line: one command per verb.</summary>
internal static class OuzelCommand
{
    /// <summary>No bundles: -daemno is a typing mistake, not -d with the directory "aemno".</summary>
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="arguments">The words after the program's name.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="host">Runs the broker that start starts.</param>
    /// <param name="daemon">Runs it in the background.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, BrokerHost host, Daemon daemon)
    {
        var root = Build(output, host, daemon);
        var result = root.Parse(arguments.Count == 0 ? ["--help"] : arguments, Parser);
        if (result.Errors.Count > 0 || UnknownWord(result) is not null)
        {
            var problem = UnknownWord(result) ?? string.Join("; ", result.Errors.Select(e => e.Message).Distinct());
            await error.WriteLineAsync($"ouzel: {LogText.Harmless(problem, LogText.MessageCharsMax)} ('ouzel help' lists the commands, 'ouzel help start' the options of one)");
            return ExitCode.Usage;
        }

        // Signals are the host's own affair: the first one stops, the second aborts.
        return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private static RootCommand Build(TextWriter output, BrokerHost host, Daemon daemon)
    {
        var root = new RootCommand("Ouzel: an event-streaming broker that speaks Apache Kafka's protocol and keeps its files.");
        root.Subcommands.Add(StartCommand.Build(host, daemon));
        root.Subcommands.Add(VersionCommand.Build(output));

        var topic = new Argument<string?>("command") { Description = "The command to explain.", Arity = ArgumentArity.ZeroOrOne };
        var help = new Command("help", "Explains the commands.") { topic };
        help.SetAction(parsed =>
        {
            string[] about = parsed.GetValue(topic) is { } name ? [name, "--help"] : ["--help"];
            return root.Parse(about, Parser).Invoke(parsed.InvocationConfiguration);
        });
        topic.Validators.Add(result =>
        {
            if (result.Tokens.Select(t => t.Value).FirstOrDefault(w => !root.Subcommands.Any(c => c.Name == w || c.Aliases.Contains(w))) is { } word)
            {
                result.AddError($"there is no command {word}{Nearest(word, root.Subcommands.Select(c => c.Name))}");
            }
        });
        root.Subcommands.Add(help);
        return root;
    }

    /// <summary>A word with a dash in front that no option has, which would else be taken for a file, or a word where a command should stand.</summary>
    private static string? UnknownWord(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (command is RootCommand && result.UnmatchedTokens.FirstOrDefault(w => !w.StartsWith('-')) is { } word)
        {
            return $"there is no command {word}{Nearest(word, command.Subcommands.SelectMany(c => c.Aliases.Prepend(c.Name)))}";
        }

        var names = command.Options.Where(o => !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name)).ToList();
        var strange = result.UnmatchedTokens.Concat(result.CommandResult.Tokens.Select(t => t.Value)).FirstOrDefault(w => w.StartsWith('-'));
        if (strange is null)
        {
            return null;
        }

        return $"there is no option {strange}{Nearest(strange, names)}";
    }

    private static string Nearest(string word, IEnumerable<string> known) => NearestName.Of(word, known) is { } nearest ? $"; did you mean {nearest}?" : "";
}

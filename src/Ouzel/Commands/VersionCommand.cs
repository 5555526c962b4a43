using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Ouzel.Commands;

/// <summary>ouzel version</summary>
internal static class VersionCommand
{
    /// <summary>Ouzel's version, without the build's commit.</summary>
    public static string Number { get; } =
        (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    public static Command Build(TextWriter output)
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(_ =>
        {
            output.WriteLine($"ouzel {Number} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return ExitCode.Ok;
        });
        return command;
    }
}

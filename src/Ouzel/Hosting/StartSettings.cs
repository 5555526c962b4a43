using System.Collections;
using System.Text;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Storage.Disks;

namespace Ouzel.Hosting;

/// <summary>Turns the command line, the file it names and the environment into the broker's options.</summary>
internal static class StartSettings
{
    /// <exception cref="SettingException">Something cannot be used; the message says what to do.</exception>
    public static BrokerOptions Load(StartArguments arguments, Disk disk, IReadOnlyDictionary<string, string> environment)
    {
        var commandLine = arguments.Settings.ToList();
        if (arguments.Data is { } data)
        {
            commandLine.Add(("log.dirs", data));
        }

        if (arguments.Memory)
        {
            commandLine.Add(("ouzel.storage", "memory"));
        }

        if (arguments.LogFormat is { } format)
        {
            commandLine.Add(("ouzel.log.format", format));
        }

        var sources = new StaticSources
        {
            FileText = arguments.ConfigFile is { } file ? ReadFile(disk, file) : null,
            FileName = arguments.ConfigFile ?? "",
            Environment = environment,
            CommandLine = commandLine,
        };
        var settings = StaticSettings.Load(sources);
        if (arguments.Port is { } port)
        {
            commandLine.Add(("listeners", WithPort(settings.Values["listeners"], port)));
            settings = StaticSettings.Load(sources);
        }

        var options = BrokerOptions.From(settings);
        CheckTopics([.. arguments.Topics.Select(t => t.Name), .. options.Static.TopicsToCreate.Select(t => t.Name)]);
        return options;
    }

    /// <summary>Better told now than by a broker that serves already and stops for it.</summary>
    private static void CheckTopics(IEnumerable<string> names)
    {
        foreach (var alike in names.Distinct(StringComparer.Ordinal).GroupBy(TopicNames.CollisionKey, StringComparer.Ordinal))
        {
            if (alike.ElementAtOrDefault(1) is { } second)
            {
                throw new SettingException($"topics {alike.First()} and {second} exclude each other: names may not differ only in '.' and '_'. Leave one out, or name it otherwise");
            }
        }
    }

    public static Dictionary<string, string> ProcessEnvironment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return environment;
    }

    /// <summary>The listeners with another port for the first one; one that is written wrong stays so and is told as it was written.</summary>
    private static string WithPort(string listeners, int port)
    {
        var first = listeners.Split(',')[0];
        var colon = first.LastIndexOf(':');
        return colon <= first.IndexOf("://", StringComparison.Ordinal) || !first.Contains("://", StringComparison.Ordinal) ? listeners : $"{first[..colon]}:{port}{listeners[first.Length..]}";
    }

    private static string ReadFile(Disk disk, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(disk.ReadAllBytes(file));
        }
        catch (DiskException e)
        {
            if (IsDirectory(disk, file))
            {
                throw new SettingException($"{file} is a directory: name the settings file in it with --config, such as --config {Path.Join(file, "server.properties")}");
            }

            throw new SettingException($"cannot read the settings file {file} ({e.Message}): name an existing file with --config, or leave it out");
        }
    }

    private static bool IsDirectory(Disk disk, string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Path.GetDirectoryName(full) is not { } parent || disk.ListDirectories(parent).Contains(Path.GetFileName(full));
    }
}

using System.Globalization;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>
/// Files that hold what might be somebody's records or what a human may want to see, and that the log goes on without: kept beside under a name that nothing
/// reads. At most <see cref="CopiesMax"/> of a file; then the last one gives way.
/// </summary>
internal static class KeptAside
{
    /// <summary>The most copies of one file that are kept.</summary>
    public const int CopiesMax = 10;

    /// <summary>The name for the next: path.removed, path.removed.1, ...</summary>
    public static string NameFor(Disk disk, string path)
    {
        var name = path + LogFiles.Removed;
        for (var number = 1; number < CopiesMax && disk.Exists(name); number++)
        {
            name = path + LogFiles.Removed + "." + number.ToString(CultureInfo.InvariantCulture);
        }

        return name;
    }

    /// <summary>Renames the file; returns its new path.</summary>
    public static string Move(Disk disk, string path)
    {
        var name = NameFor(disk, path);
        disk.Move(path, name);
        return name;
    }
}

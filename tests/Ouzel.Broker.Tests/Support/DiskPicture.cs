using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Support;

/// <summary>Everything on a disk by path, to be compared with what is there later.</summary>
internal static class DiskPicture
{
    /// <summary>Files with their bytes and directories, without locks.</summary>
    public static Dictionary<string, string> Of(Disk disk, string root = "/")
    {
        var picture = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(disk, root, path => picture[path] = "directory", path => picture[path] = Convert.ToHexString(disk.ReadAllBytes(path)));
        return picture;
    }

    /// <summary>Files with their bytes, without locks and directories.</summary>
    public static Dictionary<string, byte[]> BytesOf(Disk disk)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        Walk(disk, "/", _ => { }, path => files[path] = disk.ReadAllBytes(path));
        return files;
    }

    /// <summary>Another disk with what is on this one: what is left of a node that ends without a word.</summary>
    public static MemoryDisk Copy(Disk disk, TimeProvider clock)
    {
        var copy = new MemoryDisk(clock);
        Walk(disk, "/", copy.CreateDirectory, path => Write(copy, path, disk.ReadAllBytes(path)));
        return copy;
    }

    public static void Write(Disk disk, string path, byte[] bytes)
    {
        var file = disk.OpenFile(path, DiskOpen.Truncate);
        file.Write(0, bytes);
        file.Sync();
        file.Release();
    }

    private static void Walk(Disk disk, string at, Action<string> directory, Action<string> file)
    {
        foreach (var entry in disk.ListFiles(at).Where(f => f.Name != ".lock"))
        {
            file($"{at.TrimEnd('/')}/{entry.Name}");
        }

        foreach (var name in disk.ListDirectories(at))
        {
            var path = $"{at.TrimEnd('/')}/{name}";
            directory(path);
            Walk(disk, path, directory, file);
        }
    }
}

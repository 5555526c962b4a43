using Ouzel.Storage.Disks;

namespace Ouzel.Testing.Tests;

public sealed class LifeDiskTests
{
    [Fact]
    public void After_its_end_a_life_changes_nothing_and_its_lock_is_the_next_ones()
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory("/d");
        var first = new LifeDisk(disk);
        var file = first.OpenFile("/d/f", DiskOpen.OrCreate);
        file.Write(0, "kept"u8);
        var held = first.TryLockFile("/d/.lock");

        first.End();
        var second = new LifeDisk(disk);
        var heldNext = second.TryLockFile("/d/.lock");
        held!.Dispose();

        Assert.Throws<DiskException>(() => file.Write(0, "lost"u8));
        Assert.Throws<DiskException>(() => first.Move("/d/f", "/d/g"));
        Assert.Equal("kept"u8.ToArray(), second.ReadAllBytes("/d/f"));
        Assert.NotNull(heldNext);
        Assert.Null(new LifeDisk(disk).TryLockFile("/d/.lock"));
    }
}

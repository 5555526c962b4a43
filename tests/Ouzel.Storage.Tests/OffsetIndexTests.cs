using FsCheck;
using FsCheck.Fluent;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Tests;

public sealed class OffsetIndexTests
{
    private const int OffsetsMax = 4000;

    private enum Step
    {
        Append,
        Lookup,
        LookupByPosition,
        Trim,
        Truncate,
    }

    [Fact]
    public void Lookups_find_what_a_walk_over_all_entries_finds()
    {
        var step = from kind in Gen.Elements(Step.Append, Step.Append, Step.Lookup, Step.Lookup, Step.LookupByPosition, Step.Trim, Step.Truncate)
                   from number in Gen.Choose(0, OffsetsMax)
                   select (kind, number);
        Prop.ForAll(Gen.ListOf(step, 60).ToArbitrary(), steps => Run([.. steps])).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Readers_find_every_entry_going_forward_and_back()
    {
        var disk = new MemoryDisk(TimeProvider.System);
        disk.CreateDirectory("/i");
        var index = new OffsetIndex(disk, "/i/x", 0, 0);
        for (var i = 1; i <= 3000; i++)
        {
            index.Append(i, i * 10);
        }

        index.Trim();
        for (var i = 1; i <= 3000; i++)
        {
            Assert.Equal((i, i * 10), index.Lookup(i));
        }

        for (var i = 3000; i > 0; i -= 7)
        {
            Assert.Equal((i, i * 10), index.Lookup(i));
        }
    }

    private static void Run((Step Kind, int Number)[] steps)
    {
        var disk = new MemoryDisk(TimeProvider.System);
        disk.CreateDirectory("/i");
        var index = new OffsetIndex(disk, "/i/x", 0, 0);
        var entries = new List<(long Offset, int Position)>();
        foreach (var (kind, number) in steps)
        {
            switch (kind)
            {
                case Step.Append:
                    for (var i = 0; i < number / 10; i++)
                    {
                        var last = entries.Count == 0 ? (Offset: 0L, Position: 0) : entries[^1];
                        entries.Add((last.Offset + 1 + (i % 3), last.Position + 5));
                        index.Append(entries[^1].Offset, entries[^1].Position);
                    }

                    break;
                case Step.Lookup:
                    Assert.Equal(entries.LastOrDefault(e => e.Offset <= number, (0, 0)), index.Lookup(number));
                    break;
                case Step.LookupByPosition:
                    Assert.Equal(entries.Exists(e => e.Position >= number) ? entries.Find(e => e.Position >= number) : null, index.FirstAtOrBehind(number));
                    break;
                case Step.Trim:
                    index.Trim();
                    break;
                case Step.Truncate when number % 4 == 0:
                    index.TruncateTo(number);
                    entries.RemoveAll(e => e.Offset >= number);
                    break;
            }
        }
    }
}

using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>Frames that were damaged on purpose: decoding them costs no more than their size allows and ends in one kind of exception.</summary>
public sealed class DamagedFrameTests
{
    private const int Frames = 100_000;
    private const int FramesPerMessage = 25;

    /// <summary>Objects are larger than their bytes on the wire: the worst structures take three bytes there and hold several lists.</summary>
    private const int AllocatedPerByteMax = 256;

    /// <summary>An instance at its defaults, room for a list's first elements at every depth, and an exception.</summary>
    private const int AllocatedAlwaysMax = 64 * 1024;

    [Fact]
    public void A_damaged_frame_is_refused_with_a_format_error_and_allocates_in_proportion_to_its_size()
    {
        var random = new Random(20260101);
        var codecs = MessageType.All.Where(t => t.Highest >= t.Lowest).SelectMany(t => t.Versions.Select(v => (Type: t, Version: v))).ToArray();
        var refused = 0;
        for (var done = 0; done < Frames; done += FramesPerMessage)
        {
            var (type, version) = codecs[done / FramesPerMessage % codecs.Length];
            var good = MessageType.Write(RandomMessage.Of(type, version, random.Next()), version);
            for (var i = 0; i < FramesPerMessage; i++)
            {
                refused += Decode(type, version, Damage(good, random)) ? 0 : 1;
            }
        }

        Assert.InRange(refused, Frames / 5, Frames); // else the damage did nothing and the test proves nothing
    }

    private static bool Decode(MessageType type, short version, byte[] frame)
    {
        var message = type.Create();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = true;
        try
        {
            MessageType.Read(message, version, frame);
        }
        catch (WireFormatException)
        {
            isRead = false;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var bound = AllocatedAlwaysMax + ((long)frame.Length * AllocatedPerByteMax);
        Assert.True(allocated <= bound, $"{type.Name} {version}: {allocated} bytes allocated for a frame of {frame.Length}: {Convert.ToHexString(frame)}");
        return isRead;
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        var frame = good.ToList();
        for (var strokes = 1 + random.Next(3); strokes > 0; strokes--)
        {
            var at = random.Next(frame.Count + 1);
            switch (random.Next(6))
            {
                case 0:
                    frame.RemoveRange(at, frame.Count - at);
                    break;
                case 1:
                    frame.InsertRange(at, Enumerable.Repeat((byte)0xff, 1 + random.Next(8)));
                    break;
                case 2:
                    frame.InsertRange(at, [0x7f, 0xff, 0xff, 0xff]);
                    break;
                case 3 when at < frame.Count:
                    frame.RemoveAt(at);
                    break;
                case 4 when at < frame.Count:
                    frame[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    if (at < frame.Count)
                    {
                        frame[at] = (byte)random.Next(256);
                    }

                    break;
            }
        }

        return [.. frame];
    }

    [Theory]
    [InlineData("MetadataRequest", (short)12, "ffffffff07")] // two thousand million topics
    [InlineData("MetadataRequest", (short)1, "7fffffff")]
    [InlineData("FetchResponse", (short)12, "00000000000000000000ffffffff07")]
    [InlineData("DescribeGroupsRequest", (short)0, "7fffffff")]
    public void An_announced_count_is_believed_only_as_far_as_the_bytes_reach(string name, short version, string hex) =>
        Assert.False(Decode(MessageType.Of(name), version, Convert.FromHexString(hex)));

    [Fact]
    public void A_warm_instance_is_read_again_without_allocating()
    {
        foreach (var name in new[] { "ProduceRequest", "FetchRequest", "ProduceResponse", "FetchResponse" })
        {
            var type = MessageType.Of(name);
            var bytes = MessageType.Write(Typical(type), type.Highest);
            var message = type.Create();
            MessageType.Read(message, type.Highest, bytes);
            MessageType.Read(message, type.Highest, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            MessageType.Read(message, type.Highest, bytes);
            Assert.Equal((name, 0L), (name, GC.GetAllocatedBytesForCurrentThread() - before));
        }
    }

    private static IWireMessage Typical(MessageType type)
    {
        for (var seed = 0; ; seed++)
        {
            // Unknown tags are kept in a new list: rare, and not worth a pool. A text that is not ASCII is decoded anew.
            var message = RandomMessage.Of(type, type.Highest, seed);
            var bytes = MessageType.Write(message, type.Highest);
            if (bytes.Length > 100 && !message.ToString()!.Any(c => c > 127) && !HasUnknownTags(message))
            {
                return message;
            }
        }
    }

    private static bool HasUnknownTags(object? value)
    {
        if (value is System.Collections.IList list)
        {
            return list.Cast<object?>().Any(HasUnknownTags);
        }

        if (value is null || value.GetType().GetProperty("UnknownTags") is not { } tags)
        {
            return false;
        }

        return tags.GetValue(value) is not null || MessageType.Fields(value.GetType()).Any(f => HasUnknownTags(f.GetValue(value)));
    }
}

using System.Buffers;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>
/// What has been unpacked and not been read yet, with as much in front of it as a block may still refer back to. It grows with what a stream
/// really gives, never with what it claims, and no further than the codec's own window and one block.
/// </summary>
internal sealed class UnpackWindow : IDisposable
{
    private const int FirstBytes = 16 << 10;

    /// <summary>Room behind a large window, so that moving it to the front is seldom.</summary>
    private const int SlackBytesMax = 16 << 20;

    /// <summary>Larger arrays are not given to the pool, which would keep them for good.</summary>
    private const int PooledBytesMax = 1 << 20;

    private byte[] _array = [];
    private int _unread;

    /// <summary>Where the next block goes.</summary>
    public int End { get; private set; }

    /// <summary>The earliest byte of the frame that is still here.</summary>
    public int FrameStart { get; private set; }

    /// <summary>What was unpacked and not consumed, until the next block.</summary>
    public ReadOnlySpan<byte> Unread => _array.AsSpan(_unread, End - _unread);

    /// <summary>What it takes in memory.</summary>
    public int HeldBytes => _array.Length;

    public void Consume(int bytes) => _unread += bytes;

    /// <summary>Nothing of what was unpacked so far can be referred to any more.</summary>
    public void StartFrame() => FrameStart = End;

    /// <summary>The array with room for so many bytes behind <see cref="End"/>, and so many in front of it kept.</summary>
    public Span<byte> Room(int bytes, int historyBytes)
    {
        if (_array.Length - End < bytes)
        {
            MakeRoom(bytes, historyBytes);
        }

        return _array;
    }

    /// <summary>Counts what a block wrote.</summary>
    public void Advance(int end) => End = end;

    public void Write(ReadOnlySpan<byte> bytes, int historyBytes = 0)
    {
        bytes.CopyTo(Room(bytes.Length, historyBytes)[End..]);
        End += bytes.Length;
    }

    public void Dispose()
    {
        Return(_array);
        _array = [];
        End = _unread = FrameStart = 0;
    }

    private void MakeRoom(int bytes, int historyBytes)
    {
        var from = Math.Min(_unread, Math.Max(FrameStart, End - historyBytes));
        var kept = End - from;
        var slack = Math.Min(kept, SlackBytesMax);
        var target = _array;
        if (_array.Length < (long)kept + bytes + slack)
        {
            var most = Math.Max((long)historyBytes + (End - _unread) + bytes + SlackBytesMax, FirstBytes);
            var wanted = Math.Min(most, Math.Max(2L * (kept + bytes), FirstBytes));
            target = wanted <= PooledBytesMax ? ArrayPool<byte>.Shared.Rent((int)wanted) : GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, Array.MaxLength));
        }

        _array.AsSpan(from, kept).CopyTo(target);
        if (!ReferenceEquals(target, _array))
        {
            Return(_array);
            _array = target;
        }

        _unread -= from;
        End = kept;
        FrameStart = Math.Max(0, FrameStart - from);
    }

    private static void Return(byte[] array)
    {
        if (array.Length is > 0 and <= PooledBytesMax)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}

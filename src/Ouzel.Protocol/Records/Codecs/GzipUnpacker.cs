using System.IO.Compression;

namespace Ouzel.Protocol.Records.Codecs;

/// <summary>
/// gzip by the runtime's zlib: members one behind the other, checksum and length of each compared, what follows the last and is none ignored, as by Java's reader.
/// Java's reader also does not look at the flags that have no meaning yet; zlib refuses them, so they are taken away.
/// </summary>
/// <remarks>A stream that has ended behind its last member takes the next payload as one member more; so it is made once, not for each payload.</remarks>
internal sealed class GzipUnpacker : Unpacker
{
    private const int StepBytes = 32 << 10;

    /// <summary>The memory that the runtime holds for a stream: a window and a buffer.</summary>
    private const int StreamBytes = 64 << 10;

    private readonly Source _source = new();
    private GZipStream? _stream;
    private bool _begun;
    private bool _ended;

    public override int HeldBytes => base.HeldBytes + (_stream is null ? 0 : StreamBytes);

    public override unsafe bool Fill(ReadOnlySpan<byte> payload)
    {
        // The runtime takes no bytes at all for a stream of no bytes, and what does not begin like a member for what may follow the last.
        if (!_begun && !payload.StartsWith(GzipCodec.Magic))
        {
            throw new RecordFormatException("no gzip stream");
        }

        _begun = true;
        _stream ??= GzipCodec.Reader(_source);
        var room = Buffer.Room(StepBytes);
        fixed (byte* start = payload)
        {
            _source.Lend(start, payload.Length);
            try
            {
                var read = _stream.Read(room);
                Buffer.Advance(read);
                _ended = read == 0;
                return !_ended;
            }
            catch (InvalidDataException e)
            {
                throw new RecordFormatException("a broken gzip stream", e);
            }
            finally
            {
                _source.TakeBack();
            }
        }
    }

    protected override void Forget()
    {
        if (!_ended || !_source.IsUsedUp)
        {
            Free();
        }

        (_begun, _ended) = (false, false);
        _source.Rewind();
    }

    protected override void Free()
    {
        _stream?.Dispose();
        _stream = null;
    }

    /// <summary>The payload as a stream; its bytes are lent for one step at a time.</summary>
    private sealed unsafe class Source : Stream
    {
        private const int FlagsAt = 3;
        private const byte KnownFlags = 0x1f;
        private const byte HeaderChecksumFlag = 2;

        private byte* _start;
        private int _length;
        private int _at;

        /// <summary>More was asked for than there is: nothing is left unread behind the last member.</summary>
        public bool IsUsedUp { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public void Lend(byte* start, int length)
        {
            _start = start;
            _length = length;
        }

        public void TakeBack() => _start = null;

        public void Rewind() => (_at, IsUsedUp) = (0, false);

        public override int Read(Span<byte> buffer)
        {
            var bytes = Math.Min(buffer.Length, _length - _at);
            new ReadOnlySpan<byte>(_start + _at, bytes).CopyTo(buffer);
            var flags = FlagsAt - _at;

            // A checksum over the header covers them as they are.
            if (flags >= 0 && flags < bytes && (buffer[flags] & HeaderChecksumFlag) == 0)
            {
                buffer[flags] &= KnownFlags;
            }

            _at += bytes;
            IsUsedUp = bytes == 0;
            return bytes;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

namespace Ouzel.Client.Tests.Support;

/// <summary>TCP streams that break after a number of bytes received, drawn from a seed: often inside a response.</summary>
internal sealed class BreakingStreams(int seed)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private bool _isStopped;

    public int Broken { get; private set; }

    public void Stop() => _isStopped = true;

    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var stream = await TcpStream.ConnectAsync(host, port, cancellation);
        lock (_gate)
        {
            return new Breaking(stream, this, _random.Next(900, 1500));
        }
    }

    private sealed class Breaking(Stream inner, BreakingStreams owner, int bytesLeft) : Stream
    {
        private int _bytesLeft = bytesLeft;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_bytesLeft == 0 && !owner._isStopped)
            {
                lock (owner._gate)
                {
                    owner.Broken++;
                }

                await inner.DisposeAsync();
                throw new IOException("broken on purpose");
            }

            var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, Math.Max(1, _bytesLeft))], cancellationToken);
            _bytesLeft = Math.Max(0, _bytesLeft - read);
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

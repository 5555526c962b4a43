using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;

namespace Ouzel.Microbenchmarks;

/// <summary>Cutting a stream of bytes into frames, without a network: our reader beside System.IO.Pipelines. Figures are per frame.</summary>
public class FramingBenchmarks : IDisposable
{
    private const int Frames = 1000, LengthBytes = 4, FrameBytesMax = 100 << 20;
    private FrameReader? _reader;
    private PipeReader? _pipe;

    [Params(200, 65536)]
    public int FrameBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var period = new byte[LengthBytes + FrameBytes];
        BinaryPrimitives.WriteInt32BigEndian(period, FrameBytes);
        _reader = new FrameReader(new EndlessTransport(new Endless(period)), new MemoryBudget(new NetworkLimits { RequestBytesMax = FrameBytesMax }, TimeProvider.System, NullLogger.Instance));
        _pipe = PipeReader.Create(new EndlessStream(new Endless(period)), new StreamPipeReaderOptions(bufferSize: 64 << 10));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader?.Dispose();
        _pipe?.Complete();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public async Task<long> FrameReader()
    {
        long bytes = 0;
        for (var i = 0; i < Frames && await _reader!.ReadAsync(); i++)
        {
            bytes += _reader.Frame.Length;
        }

        return bytes;
    }

    /// <summary>The rejected alternative.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public async Task<long> Pipelines()
    {
        long bytes = 0;
        for (var frames = 0; frames < Frames;)
        {
            var read = await _pipe!.ReadAsync();
            var buffer = read.Buffer;
            while (frames < Frames && TryCut(ref buffer, out var frame))
            {
                bytes += frame.Length;
                frames++;
            }

            _pipe.AdvanceTo(buffer.Start, frames < Frames ? buffer.End : buffer.Start);
        }

        return bytes;
    }

    private static bool TryCut(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out int length) || reader.Remaining < length)
        {
            frame = default;
            return false;
        }

        frame = buffer.Slice(LengthBytes, length);
        buffer = buffer.Slice(frame.End);
        return true;
    }

    /// <summary>One frame again and again, in pieces of what is asked for.</summary>
    private sealed class Endless(byte[] period)
    {
        private int _at;

        public int Fill(Span<byte> target)
        {
            for (var filled = 0; filled < target.Length;)
            {
                var count = Math.Min(target.Length - filled, period.Length - _at);
                period.AsSpan(_at, count).CopyTo(target[filled..]);
                filled += count;
                _at = (_at + count) % period.Length;
            }

            return target.Length;
        }
    }

    private sealed class EndlessTransport(Endless bytes) : Transport
    {
        public override EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

        public override long SentBytes => 0;

        public override bool HasArrived => true;

        public override ValueTask<int> WaitReadableAsync() => new(0);

        public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => new(bytes.Fill(buffer.Span));

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => ValueTask.CompletedTask;

        public override void Close()
        {
            // Nothing is open.
        }
    }

    private sealed class EndlessStream(Endless bytes) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(bytes.Fill(buffer.Span));

        public override int Read(byte[] buffer, int offset, int count) => bytes.Fill(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

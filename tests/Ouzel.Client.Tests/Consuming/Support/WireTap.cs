using System.Buffers.Binary;
using System.Collections.Concurrent;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Tests.Consuming.Support;

/// <summary>
/// Sits in the streams between a client and a broker: sees requests, changes responses, holds them, cuts them in the middle. Frames that nobody asked to see pass as they are.
/// </summary>
internal sealed class WireTap
{
    private readonly ConcurrentDictionary<ApiKey, Func<ReadOnlyMemory<byte>, short, byte[]?>> _responses = new();
    private readonly ConcurrentDictionary<ApiKey, Action<ReadOnlyMemory<byte>, short>> _requests = new();
    private readonly ConcurrentDictionary<ApiKey, int> _cuts = new();
    private readonly ConcurrentDictionary<ApiKey, Held> _holds = new();
    private readonly ConcurrentDictionary<ApiKey, int> _counts = new();

    /// <summary>Requests of an API so far.</summary>
    public int Count(ApiKey key) => _counts.GetValueOrDefault(key);

    /// <summary>Looks at the requests of an API.</summary>
    public void OnRequest<TRequest, TResponse>(Action<TRequest> look)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new() =>
        _requests[TResponse.ApiKey] = (frame, version) =>
        {
            var reader = new WireReader(frame);
            RequestHeader.Read(ref reader);
            var request = new TRequest();
            request.Read(ref reader, version);
            look(request);
        };

    /// <summary>Changes the responses of an API; false from <paramref name="change"/> leaves one as it is.</summary>
    public void OnResponse<TResponse>(Func<TResponse, bool> change)
        where TResponse : class, IKafkaResponse, new() =>
        _responses[TResponse.ApiKey] = (frame, version) =>
        {
            var reader = new WireReader(frame);
            var header = ResponseHeader.Read(ref reader, TResponse.ApiKey, version);
            var response = new TResponse();
            response.Read(ref reader, version);
            if (!change(response))
            {
                return null;
            }

            using var writer = new WireWriter();
            ResponseHeader.Write(writer, TResponse.ApiKey, version, header.CorrelationId);
            response.Write(writer, version);
            Assert.Empty(writer.Splices);
            return writer.WrittenMemory.ToArray();
        };

    /// <summary>Changes the next response only.</summary>
    public void OnNextResponse<TResponse>(Action<TResponse> change)
        where TResponse : class, IKafkaResponse, new()
    {
        var left = 1;
        OnResponse<TResponse>(response =>
        {
            if (Interlocked.Decrement(ref left) < 0)
            {
                return false;
            }

            change(response);
            return true;
        });
    }

    /// <summary>Ends the connection in the middle of the next responses of an API.</summary>
    public void Cut(ApiKey key, int times = 1) => _cuts[key] = times;

    /// <summary>Keeps the responses of an API until they are released.</summary>
    public Held Hold(ApiKey key) => _holds[key] = new Held();

    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellation) => new TappedStream(this, await TcpStream.ConnectAsync(host, port, cancellation));

    /// <summary>Responses that are kept.</summary>
    internal sealed class Held
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when a response has come: the broker has done what the request asked for.</summary>
        public Task Reached => _reached.Task;

        public void Release() => _released.TrySetResult();

        public Task WaitAsync(CancellationToken cancellation)
        {
            _reached.TrySetResult();
            return _released.Task.WaitAsync(cancellation);
        }
    }

    private sealed class TappedStream(WireTap tap, Stream inner) : Stream
    {
        private readonly ConcurrentDictionary<int, (ApiKey Key, short Version)> _asked = new();
        private readonly CancellationTokenSource _closed = new();
        private byte[] _outgoing = [];
        private ReadOnlyMemory<byte> _incoming;
        private bool _isCut;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _outgoing = [.. _outgoing, .. buffer.Span];
            while (_outgoing.Length >= 4 && BinaryPrimitives.ReadInt32BigEndian(_outgoing) is var size && _outgoing.Length >= 4 + size)
            {
                See(_outgoing.AsMemory(4, size));
                _outgoing = _outgoing[(4 + size)..];
            }

            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_incoming.IsEmpty)
            {
                if (_isCut || await NextAsync(cancellationToken) is not { } frame)
                {
                    return 0;
                }

                _incoming = frame;
            }

            var taken = Math.Min(buffer.Length, _incoming.Length);
            _incoming[..taken].CopyTo(buffer);
            _incoming = _incoming[taken..];
            return taken;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await _closed.CancelAsync();
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private void See(ReadOnlyMemory<byte> frame)
        {
            var reader = new WireReader(frame);
            var header = RequestHeader.Read(ref reader);
            _asked[header.CorrelationId] = (header.ApiKey, header.ApiVersion);
            tap._counts.AddOrUpdate(header.ApiKey, 1, static (_, count) => count + 1);
            if (tap._requests.TryGetValue(header.ApiKey, out var look))
            {
                look(frame, header.ApiVersion);
            }
        }

        private async Task<byte[]?> NextAsync(CancellationToken cancellation)
        {
            var size = new byte[4];
            if (await inner.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false, cancellation) < 4)
            {
                return null;
            }

            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await inner.ReadExactlyAsync(frame, cancellation);
            _asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frame), out var asked);
            if (tap._holds.TryGetValue(asked.Key, out var hold))
            {
                await hold.WaitAsync(_closed.Token);
            }

            if (tap._responses.TryGetValue(asked.Key, out var change))
            {
                frame = change(frame, asked.Version) ?? frame;
                BinaryPrimitives.WriteInt32BigEndian(size, frame.Length);
            }

            if (tap._cuts.TryGetValue(asked.Key, out var left) && left > 0)
            {
                tap._cuts[asked.Key] = left - 1;
                _isCut = true;
                return [.. size, .. frame[..(frame.Length / 2)]];
            }

            return [.. size, .. frame];
        }
    }
}

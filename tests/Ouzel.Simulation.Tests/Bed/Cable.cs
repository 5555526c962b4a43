using System.Net;
using Ouzel.Broker.Net;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>One connection: two directions of bytes that arrive late and in pieces, and a break that both sides notice.</summary>
internal sealed class Cable
{
    private readonly Scheduler _scheduler;
    private readonly Weather _weather;
    private readonly int _port;

    public Cable(Scheduler scheduler, Weather weather, int port)
    {
        (_scheduler, _weather, _port) = (scheduler, weather, port);
        var client = new IPEndPoint(IPAddress.Loopback, port);
        var server = new IPEndPoint(IPAddress.Loopback, 9092);
        ToServer = new Direction(this);
        ToClient = new Direction(this);
        ClientEnd = new End(this, ToClient, ToServer, client, server, cuts: true);
        ServerEnd = new End(this, ToServer, ToClient, server, client, cuts: false);
    }

    public Transport ClientEnd { get; }

    public Transport ServerEnd { get; }

    public bool IsBroken { get; private set; }

    private Direction ToServer { get; }

    private Direction ToClient { get; }

    public void Break()
    {
        if (!IsBroken)
        {
            IsBroken = true;
            _scheduler.Write("net", $"cut {_port}");
            ToServer.Wake();
            ToClient.Wake();
        }
    }

    /// <summary>Bytes on their way to one side, and those that have arrived.</summary>
    private sealed class Direction(Cable cable)
    {
        private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
        private long _lastTicks;
        private bool _isEnded;
        private TaskCompletionSource? _reader;

        public bool HasArrived => _arrived.Count > 0;

        public void Send(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var piece = cable._scheduler.Random.Next(4) == 0 ? cable._scheduler.Random.Next(bytes.Length) + 1 : bytes.Length;
                var copy = bytes[..piece].ToArray();
                bytes = bytes[piece..];
                Later(() => _arrived.Enqueue(copy));
            }
        }

        /// <summary>No more bytes come; those on their way do.</summary>
        public void Finish() => Later(() => _isEnded = true);

        /// <summary>Something that happens behind everything sent so far.</summary>
        public void Later(Action arrive)
        {
            var scheduler = cable._scheduler;
            var at = Math.Max(_lastTicks + 1, scheduler.NowTicks + (long)(cable._weather.DelayMs() * TimeSpan.TicksPerMillisecond));
            _lastTicks = at;
            scheduler.After(at - scheduler.NowTicks, null, "", () =>
            {
                if (!cable.IsBroken)
                {
                    arrive();
                    Wake();
                }
            });
        }

        public void Wake()
        {
            var reader = _reader;
            _reader = null;
            reader?.SetResult();
        }

        public async ValueTask WaitAsync()
        {
            while (_arrived.Count == 0 && !_isEnded && !cable.IsBroken)
            {
                _reader ??= new TaskCompletionSource();
                await _reader.Task;
            }
        }

        public int Read(Span<byte> buffer)
        {
            if (cable.IsBroken)
            {
                throw new IOException("the connection broke");
            }

            if (!_arrived.TryPeek(out var first))
            {
                return 0;
            }

            var count = Math.Min(buffer.Length, first.Length);
            first.Span[..count].CopyTo(buffer);
            _arrived.Dequeue();
            if (count < first.Length)
            {
                // The rest stays first.
                ReadOnlyMemory<byte>[] behind = [.. _arrived];
                _arrived.Clear();
                _arrived.Enqueue(first[count..]);
                foreach (var piece in behind)
                {
                    _arrived.Enqueue(piece);
                }
            }

            return count;
        }
    }

    private sealed class End(Cable cable, Direction incoming, Direction outgoing, IPEndPoint local, IPEndPoint remote, bool cuts) : Transport
    {
        private bool _isClosed;
        private bool _isCut;

        public override EndPoint RemoteEndPoint => remote;

        public override EndPoint LocalEndPoint => local;

        /// <summary>A send never waits here, so nobody asks how far it is.</summary>
        public override long SentBytes => 0;

        public override bool HasArrived => incoming.HasArrived;

        public override async ValueTask<int> WaitReadableAsync()
        {
            await incoming.WaitAsync();
            return 0;
        }

        public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            cable._scheduler.IsHere("a receive");
            await incoming.WaitAsync();
            return incoming.Read(buffer.Span);
        }

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
        {
            if (!cable._scheduler.IsHere("a send"))
            {
                return ValueTask.CompletedTask;
            }

            if (cable.IsBroken || _isClosed)
            {
                throw new IOException("the connection broke");
            }

            if (_isCut)
            {
                return ValueTask.CompletedTask;
            }

            if (cuts && cable._weather.CutsNow())
            {
                // Before, inside or after the request; what got through is sometimes served.
                _isCut = true;
                var random = cable._scheduler.Random;
                outgoing.Send(bytes.Span[..(random.Next(3) switch { 0 => 0, 1 => random.Next(bytes.Length), _ => bytes.Length })]);
                outgoing.Later(() => cable._scheduler.AfterMs(random.Next(2) * cable._weather.DelayMs(), null, "cut", cable.Break));
                return ValueTask.CompletedTask;
            }

            outgoing.Send(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public override void Close()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                outgoing.Later(cable.Break);
            }
        }
    }
}

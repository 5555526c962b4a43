using System.Buffers;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Connections;

/// <summary>The handshake, the two loops, the end.</summary>
internal sealed partial class Connection
{
    /// <summary>Requests up to this length are gathered into one write.</summary>
    private const int GatheredMax = 16 * 1024;

    private const int CorkBytes = 64 * 1024;

    /// <summary>Takes a stream into use: asks what the broker serves, going back to a version it knows if need be.</summary>
    /// <exception cref="KafkaException">The other side is no broker we can speak with.</exception>
    public static async Task<Connection> OpenAsync(Stream stream, ConnectionIdentity identity, ClientSurroundings world, int timeoutMs)
    {
        var connection = new Connection(stream, identity, world);
        _ = world.Start(connection.ReadAsync);
        try
        {
            connection.Served = await connection.AskVersionsAsync(ApiVersionsRequest.HighestVersion, timeoutMs);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<ServedVersions> AskVersionsAsync(short version, int timeoutMs)
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = ConnectionIdentity.SoftwareName, ClientSoftwareVersion = ConnectionIdentity.SoftwareVersion };
        var response = await CallAsync(request, version, timeoutMs, CancellationToken.None);
        if (response.ErrorCode == ErrorCode.UnsupportedVersion && version > 0)
        {
            // Before Kafka 2.4 the refusal does not say which versions there are; 0 is always one of them.
            var known = response.ApiKeys.Find(a => (ApiKey)a.ApiKey == ApiKey.ApiVersions);
            return await AskVersionsAsync(Math.Min(known?.MaxVersion ?? 0, (short)(version - 1)), timeoutMs);
        }

        return response.ErrorCode == ErrorCode.None
            ? new ServedVersions(response)
            : throw new KafkaException(response.ErrorCode, $"{_identity} refused to say which versions it serves");
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _reader.NextAsync(_stop.Token) is { } next)
            {
                var pending = Expect(next.CorrelationId);
                var (frame, leased) = await _reader.ReadAsync(next.Size, pending.Use, _stop.Token);
                var quietMs = CompleteOrReturn(pending, frame, leased);
                Retire(quietMs);
            }

            Close(new KafkaException(ErrorCode.NetworkException, $"{_identity} closed the connection"));
        }
        catch (Exception fault)
        {
            Close(new KafkaException(ErrorCode.NetworkException, $"The connection to {_identity} broke: {fault.Message}", fault));
        }
        finally
        {
            _reader.Dispose();
            await _stream.DisposeAsync();
            await _timer.DisposeAsync();
            _ended.TrySetResult(_fault!);
        }
    }

    private static int CompleteOrReturn(PendingResponse pending, ReadOnlyMemory<byte> frame, byte[]? leased)
    {
        try
        {
            return pending.Complete(frame, leased);
        }
        catch when (leased is not null)
        {
            ArrayPool<byte>.Shared.Return(leased);
            throw;
        }
    }

    /// <summary>The request whose response is next. It stays in the queue until the response is complete, so that a fault fails it too.</summary>
    private PendingResponse Expect(int correlationId)
    {
        lock (_gate)
        {
            return _pending.TryPeek(out var pending) && pending.CorrelationId == correlationId
                ? pending
                : throw new WireFormatException($"A response to request {correlationId} came, expected was one to {(pending is null ? "none" : pending.CorrelationId)}");
        }
    }

    private void Retire(int quietMs)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_fault is not null)
            {
                return;
            }

            _pending.Dequeue();
            if (quietMs > 0)
            {
                _quietUntilMs = Math.Max(_quietUntilMs, _world.NowMs + quietMs);
            }

            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    private async Task WriteAsync()
    {
        var cork = ArrayPool<byte>.Shared.Rent(CorkBytes);
        try
        {
            while (TakeLeaving())
            {
                await WriteAsync(_leaving, cork);
                await _stream.FlushAsync(_stop.Token);
                Recycle();
            }
        }
        catch (Exception fault)
        {
            Close(new KafkaException(ErrorCode.NetworkException, $"The connection to {_identity} broke: {fault.Message}", fault));
            FailDepartures();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cork);
        }
    }

    /// <summary>One write for many small frames, one for each large frame.</summary>
    private async ValueTask WriteAsync(List<Departure> departures, byte[] cork)
    {
        var corked = 0;
        foreach (var departure in departures)
        {
            var frame = departure.Frame.WrittenMemory;
            if (corked > 0 && (frame.Length > GatheredMax || frame.Length > cork.Length - corked))
            {
                await _stream.WriteAsync(cork.AsMemory(0, corked), _stop.Token);
                corked = 0;
            }

            if (frame.Length > GatheredMax || departures.Count == 1)
            {
                await _stream.WriteAsync(frame, _stop.Token);
            }
            else
            {
                frame.CopyTo(cork.AsMemory(corked));
                corked += frame.Length;
            }
        }

        if (corked > 0)
        {
            await _stream.WriteAsync(cork.AsMemory(0, corked), _stop.Token);
        }
    }

    private bool TakeLeaving()
    {
        lock (_gate)
        {
            _isWriting = _filling.Count > 0 && _fault is null;
            (_filling, _leaving) = (_leaving, _filling);
            return _isWriting;
        }
    }

    private void Recycle()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            foreach (var departure in _leaving)
            {
                _outboundBytes -= departure.Frame.Length;
                if (_writers.Count < WritersKeptMax)
                {
                    departure.Frame.Reset();
                    _writers.Push(departure.Frame);
                }
                else
                {
                    departure.Frame.Dispose();
                }
            }

            (room, _room) = (_room, null);
        }

        foreach (var departure in _leaving)
        {
            departure.Waiter?.Complete(default, null);
        }

        _leaving.Clear();
        room?.TrySetResult();
    }

    private void FailDepartures()
    {
        foreach (var departure in _leaving)
        {
            departure.Waiter?.Fail(_fault!);
        }
    }

    /// <summary>Called under the lock.</summary>
    private void ArmTimer(long dueMs, long nowMs)
    {
        if (dueMs < _timerDueMs)
        {
            _timerDueMs = dueMs;
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, dueMs - nowMs)), Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        PendingResponse? late = null;
        lock (_gate)
        {
            var nowMs = _world.NowMs;
            _timerDueMs = long.MaxValue;
            foreach (var pending in _pending)
            {
                if (pending.DueMs <= nowMs)
                {
                    late ??= pending;
                }
                else
                {
                    ArmTimer(pending.DueMs, nowMs);
                }
            }
        }

        if (late is not null)
        {
            Close(new KafkaException(ErrorCode.RequestTimedOut, $"{_identity} has not answered {late.Key} in its time"));
        }
    }

    private void Close(KafkaException fault)
    {
        PendingResponse[] failed;
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_fault is not null)
            {
                return;
            }

            _fault = fault;
            failed = [.. _pending, .. _filling.Where(d => d.Waiter is not null).Select(d => d.Waiter!)];
            _pending.Clear();
            _filling.Clear();
            (room, _room) = (_room, null);
        }

        _stop.Cancel();
        _stream.Dispose();
        foreach (var pending in failed)
        {
            pending.Fail(fault);
        }

        room?.TrySetResult();
    }
}

using System.Buffers.Binary;
using Ouzel.Broker.Net;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;
using Ouzel.Simulation.Tests.Bed;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>A connection that may have many requests under way. Answers must come in the order of the requests.</summary>
internal sealed class ClientConnection
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(40);

    private readonly Scheduler _scheduler;
    private readonly Transport _transport;
    private readonly TimeProvider _clock;
    private readonly string _clientId;
    private readonly Queue<(int CorrelationId, string What, TaskCompletionSource<byte[]> Answer)> _waiting = new();
    private int _correlationId;

    public ClientConnection(Scheduler scheduler, Transport transport, TimeProvider clock, string clientId, int life)
    {
        (_scheduler, _transport, _clock, _clientId, Life) = (scheduler, transport, clock, clientId, life);
        _ = ReceiveAsync();
    }

    /// <summary>The life of the broker that it leads to.</summary>
    public int Life { get; }

    public bool IsBroken { get; private set; }

    /// <exception cref="IOException">The connection broke; whether the request was served is not known.</exception>
    public async Task<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        if (IsBroken)
        {
            throw new IOException("the connection broke");
        }

        var correlationId = ++_correlationId;
        var answer = new TaskCompletionSource<byte[]>();
        _scheduler.Write(_clientId, $"asks {TResponse.ApiKey} {correlationId}");
        _waiting.Enqueue((correlationId, TResponse.ApiKey.ToString(), answer));
        try
        {
            await _transport.SendAsync(Encode(request, TResponse.ApiKey, version, correlationId));
        }
        catch (IOException)
        {
            Break();
        }

        byte[] frame;
        try
        {
            frame = await answer.Task.WaitAsync(PatienceMax, _clock);
        }
        catch (TimeoutException)
        {
            _scheduler.Fail($"{_clientId}: {TResponse.ApiKey} was forgotten: no answer within {PatienceMax.TotalSeconds} s");
            throw new IOException("no answer");
        }

        return Decode<TResponse>(frame, version);
    }

    public void Break()
    {
        IsBroken = true;
        _transport.Close();
        while (_waiting.TryDequeue(out (int, string, TaskCompletionSource<byte[]> Answer) left))
        {
            left.Answer.TrySetException(new IOException("the connection broke"));
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            var head = new byte[4];
            while (await FillAsync(head))
            {
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
                if (!await FillAsync(frame))
                {
                    break;
                }

                var correlationId = BinaryPrimitives.ReadInt32BigEndian(frame);
                if (!_waiting.TryDequeue(out var first) || first.CorrelationId != correlationId)
                {
                    _scheduler.Fail($"{_clientId}: answer {correlationId} came when {first.What} {first.CorrelationId} was next");
                    break;
                }

                _scheduler.Write(_clientId, $"hears {first.What} {correlationId}");
                first.Answer.TrySetResult(frame);
            }
        }
        catch (IOException)
        {
            // Whoever waits is told below.
        }

        Break();
    }

    private async Task<bool> FillAsync(Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var received = await _transport.ReceiveAsync(buffer);
            if (received == 0)
            {
                return false;
            }

            buffer = buffer[received..];
        }

        return true;
    }

    private byte[] Encode(IWireMessage request, ApiKey key, short version, int correlationId)
    {
        using var writer = new WireWriter();
        RequestHeader.Write(writer, key, version, correlationId, _clientId);
        request.Write(writer, version);
        var frame = new byte[4 + writer.WrittenSpan.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, writer.WrittenSpan.Length);
        writer.WrittenSpan.CopyTo(frame.AsSpan(4));
        return frame;
    }

    private TResponse Decode<TResponse>(byte[] frame, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var reader = new WireReader(frame);
        ResponseHeader.Read(ref reader, TResponse.ApiKey, version);
        var response = new TResponse();
        response.Read(ref reader, version);
        if (reader.Remaining != 0)
        {
            _scheduler.Fail($"{_clientId}: {reader.Remaining} bytes behind the answer to {TResponse.ApiKey}");
        }

        return response;
    }
}

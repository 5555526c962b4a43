using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Stress.Tests.Surroundings;

/// <summary>One client's connection. One user at a time; several requests may be under way.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>No honest request waits longer, however busy the machine: one that does was forgotten.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(90);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Run _run;
    private int _correlationId;

    private Connection(Run run) => _run = run;

    /// <exception cref="IOException">The broker is not there.</exception>
    public static async Task<Connection> OpenAsync(Run run)
    {
        var connection = new Connection(run);
        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, run.Port);
            return connection;
        }
        catch (SocketException gone)
        {
            connection.Dispose();
            throw new IOException("no broker", gone);
        }
    }

    /// <exception cref="IOException">The connection ended; whether the request was served is not known.</exception>
    public async Task<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var sent = await SendAsync(request, version);
        return await ReceiveAsync<TResponse>(sent, version);
    }

    public async Task<int> SendAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        using var writer = new WireWriter();
        RequestHeader.Write(writer, TResponse.ApiKey, version, ++_correlationId, "stress");
        request.Write(writer, version);
        var frame = new byte[4 + writer.WrittenSpan.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, writer.WrittenSpan.Length);
        writer.WrittenSpan.CopyTo(frame.AsSpan(4));
        var correlationId = _correlationId;
        await GuardedAsync(async () =>
        {
            for (var sent = 0; sent < frame.Length;)
            {
                sent += await _socket.SendAsync(frame.AsMemory(sent));
            }
        });
        return correlationId;
    }

    /// <summary>The next response, which must be the one to <paramref name="correlationId"/>.</summary>
    public async Task<TResponse> ReceiveAsync<TResponse>(int correlationId, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        byte[] frame = [];
        await GuardedAsync(async () =>
        {
            var head = new byte[4];
            await FillAsync(head);
            frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
            await FillAsync(frame);
        });
        var reader = new WireReader(frame);
        var header = ResponseHeader.Read(ref reader, TResponse.ApiKey, version);
        _run.Require(header.CorrelationId == correlationId, $"response {header.CorrelationId} came when {TResponse.ApiKey} {correlationId} was next");
        var response = new TResponse();
        response.Read(ref reader, version);
        _run.Require(reader.Remaining == 0, $"{reader.Remaining} bytes behind the response to {TResponse.ApiKey}");
        _run.Count();
        return response;
    }

    /// <summary>Ends it with a reset, whatever is under way.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task FillAsync(Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var received = await _socket.ReceiveAsync(buffer);
            if (received == 0)
            {
                throw new IOException("the broker closed the connection");
            }

            buffer = buffer[received..];
        }
    }

    private async Task GuardedAsync(Func<Task> work)
    {
        try
        {
            await work().WaitAsync(PatienceMax, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _run.Fail($"no response within {PatienceMax.TotalSeconds} s");
            throw new IOException("forgotten");
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            throw new IOException(gone.Message, gone);
        }
    }
}

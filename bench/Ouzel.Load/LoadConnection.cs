using System.Buffers.Binary;
using System.Net.Sockets;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Load;

/// <summary>A connection that sends prepared frames and receives whole answers. Nothing is matched: answers come in the order of the requests.</summary>
internal sealed class LoadConnection : IDisposable
{
    /// <summary>Where a request's correlation id stands: after the frame's size, the API's key and its version.</summary>
    private const int CorrelationAt = 8;
    private const int AnswerBytesMax = 256 << 20;
    private const string ClientId = "ouzel-load";

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _answer = new byte[64 << 10];
    private int _correlation;

    public static async Task<LoadConnection> OpenAsync(string host, int port)
    {
        var connection = new LoadConnection();
        await connection._socket.ConnectAsync(host, port);
        return connection;
    }

    /// <summary>A whole frame of a request, to be sent as often as one likes.</summary>
    public static byte[] Frame<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TResponse>
        where TResponse : class, IKafkaResponse, new()
    {
        using var writer = new WireWriter();
        writer.Reserve(4);
        RequestHeader.Write(writer, TRequest.ApiKey, version, 0, ClientId);
        request.Write(writer, version);
        writer.SetInt32(0, writer.Length - 4);
        return writer.WrittenSpan.ToArray();
    }

    public async ValueTask SendAsync(byte[] frame)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(CorrelationAt), _correlation++);
        for (int sent = 0; sent < frame.Length;)
        {
            sent += await _socket.SendAsync(frame.AsMemory(sent), SocketFlags.None);
        }
    }

    /// <summary>The next answer without its size, valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        await FillAsync(0, 4);
        int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
        if (size is < 4 or > AnswerBytesMax)
        {
            throw new LoadException($"An answer of {size} bytes: this is no Kafka broker");
        }

        if (_answer.Length < size)
        {
            _answer = new byte[size + (size >> 2)];
        }

        await FillAsync(0, size);
        return _answer.AsMemory(0, size);
    }

    public static void Read<TResponse>(ReadOnlyMemory<byte> answer, TResponse response, ApiKey key, short version)
        where TResponse : IKafkaResponse
    {
        var reader = new WireReader(answer);
        _ = ResponseHeader.Read(ref reader, key, version);
        response.Read(ref reader, version);
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TResponse>
        where TResponse : class, IKafkaResponse, new()
    {
        await SendAsync(Frame<TRequest, TResponse>(request, version));
        var response = new TResponse();
        Read(await ReceiveAsync(), response, TRequest.ApiKey, version);
        return response;
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask FillAsync(int from, int to)
    {
        while (from < to)
        {
            int received = await _socket.ReceiveAsync(_answer.AsMemory(from, to - from), SocketFlags.None);
            if (received == 0)
            {
                throw new LoadException("The broker closed the connection");
            }

            from += received;
        }
    }
}

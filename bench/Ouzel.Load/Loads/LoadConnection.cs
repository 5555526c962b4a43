using System.Buffers.Binary;
using System.Net.Sockets;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Load;

/// <summary>A connection that sends prepared frames and receives whole responses. Nothing is matched: answers come in the order of the requests.</summary>
internal sealed class LoadConnection : IDisposable
{
    /// <summary>The place of a request's correlation id: after the frame's size, the API's key and its version.</summary>
    private const int CorrelationAt = 8;
    private const int SizeBytes = 4;
    private const int ResponseBytesMax = 256 << 20;
    private const int ReceiveBytes = 4 << 10;
    private const string ClientId = "ouzel-load";

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _received = new byte[ReceiveBytes];
    private int _start;
    private int _end;
    private int _correlation;

    public static async Task<LoadConnection> OpenAsync(string host, int port)
    {
        var connection = new LoadConnection();
        await connection._socket.ConnectAsync(host, port);
        return connection;
    }

    /// <summary>For a thread that waits by itself: a socket that never did anything asynchronous is a plain blocking one.</summary>
    public static LoadConnection Open(string host, int port)
    {
        var connection = new LoadConnection();
        connection._socket.Connect(host, port);
        return connection;
    }

    /// <summary>A whole frame of a request, to be sent as often as one likes.</summary>
    public static byte[] Frame<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TResponse>
        where TResponse : class, IKafkaResponse, new()
    {
        using var writer = new WireWriter();
        writer.Reserve(SizeBytes);
        RequestHeader.Write(writer, TRequest.ApiKey, version, 0, ClientId);
        request.Write(writer, version);
        writer.SetInt32(0, writer.Length - SizeBytes);
        return writer.WrittenSpan.ToArray();
    }

    public static void Read<TResponse>(ReadOnlyMemory<byte> answer, TResponse response, ApiKey key, short version)
        where TResponse : IKafkaResponse
    {
        var reader = new WireReader(answer);
        _ = ResponseHeader.Read(ref reader, key, version);
        response.Read(ref reader, version);
    }

    public async ValueTask SendAsync(byte[] frame)
    {
        Number(frame);
        for (var sent = 0; sent < frame.Length;)
        {
            sent += await _socket.SendAsync(frame.AsMemory(sent), SocketFlags.None);
        }
    }

    /// <summary>The same on the calling thread, which waits.</summary>
    public void Send(byte[] frame)
    {
        Number(frame);
        for (var sent = 0; sent < frame.Length;)
        {
            sent += _socket.Send(frame.AsSpan(sent));
        }
    }

    /// <summary>The next response without its size, valid until the next call. One call of the system brings as many responses as are there.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        while (Missing() is > 0)
        {
            Take(await _socket.ReceiveAsync(_received.AsMemory(_end), SocketFlags.None));
        }

        return Next();
    }

    /// <summary>The same on the calling thread, which waits.</summary>
    public ReadOnlyMemory<byte> Receive()
    {
        while (Missing() is > 0)
        {
            Take(_socket.Receive(_received.AsSpan(_end)));
        }

        return Next();
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

    /// <summary>Ends what waits on the connection in another thread.</summary>
    public void Shutdown() => _socket.Shutdown(SocketShutdown.Both);

    public void Dispose() => _socket.Dispose();

    private void Number(byte[] frame) => BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(CorrelationAt), _correlation++);

    /// <summary>Bytes that the next response lacks at least; makes room for them.</summary>
    private int Missing()
    {
        var have = _end - _start;
        var wanted = SizeBytes;
        if (have >= SizeBytes)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(_received.AsSpan(_start));
            wanted += size is >= SizeBytes and <= ResponseBytesMax ? size : throw new LoadException($"An answer of {size} bytes: this is no Kafka broker");
        }

        if (wanted <= have)
        {
            return 0;
        }

        if (wanted > _received.Length - _start)
        {
            var roomy = wanted > _received.Length ? new byte[wanted + (wanted >> 2)] : _received;
            _received.AsSpan(_start, have).CopyTo(roomy);
            (_received, _start, _end) = (roomy, 0, have);
        }

        return wanted - have;
    }

    private void Take(int received) => _end += received > 0 ? received : throw new LoadException("The broker closed the connection");

    private ReadOnlyMemory<byte> Next()
    {
        var size = BinaryPrimitives.ReadInt32BigEndian(_received.AsSpan(_start));
        ReadOnlyMemory<byte> answer = _received.AsMemory(_start + SizeBytes, size);
        _start += SizeBytes + size;
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return answer;
    }
}

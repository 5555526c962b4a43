using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Tests.Overload;

/// <summary>A connection to a broker that sends whatever bytes one likes, as slowly as one likes, and reads only when asked.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private int _correlation;

    private RawClient(Socket socket) => _socket = socket;

    /// <param name="receiveBufferBytes">Small, for a client that does not read, so that the system does not read for it.</param>
    public static async Task<RawClient> OpenAsync(string address, int receiveBufferBytes = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBufferBytes;
        }

        await socket.ConnectAsync(IPAddress.Loopback, int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        return new RawClient(socket);
    }

    /// <summary>Length, header and body of a request.</summary>
    public static byte[] Frame<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        using var writer = new WireWriter();
        writer.Reserve(4);
        RequestHeader.Write(writer, TResponse.ApiKey, version, 0, "overload");
        request.Write(writer, version);
        writer.SetInt32(0, writer.Length - 4);
        return writer.WrittenSpan.ToArray();
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancel)..];
        }
    }

    /// <summary>The next response; null when the broker has closed the connection.</summary>
    public async Task<byte[]?> ReceiveAsync(CancellationToken cancel = default)
    {
        var length = new byte[4];
        if (!await FillAsync(length, cancel))
        {
            return null;
        }

        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        return await FillAsync(frame, cancel) ? frame : null;
    }

    public async Task<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version, CancellationToken cancel = default)
        where TResponse : class, IKafkaResponse, new()
    {
        var frame = Frame(request, version);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), ++_correlation);
        await SendAsync(frame, cancel);
        return Decode<TResponse>(await ReceiveAsync(cancel) ?? throw new IOException("the broker closed the connection"), version);
    }

    private byte[] Receive(int count)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var received = _socket.Receive(bytes.AsSpan(filled));
            filled += received > 0 ? received : throw new IOException("the broker closed the connection");
        }

        return bytes;
    }

    private TResponse Decode<TResponse>(byte[] answer, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var reader = new WireReader(answer);
        var header = ResponseHeader.Read(ref reader, TResponse.ApiKey, version);
        Assert.Equal(_correlation, header.CorrelationId);
        var response = new TResponse();
        response.Read(ref reader, version);
        return response;
    }

    /// <summary>The same on the caller's thread alone: a client that is measured does not share threads with those that press the broker.</summary>
    public TResponse Call<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var frame = Frame(request, version);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), ++_correlation);
        for (var sent = 0; sent < frame.Length;)
        {
            sent += _socket.Send(frame.AsSpan(sent));
        }

        return Decode<TResponse>(Receive(BinaryPrimitives.ReadInt32BigEndian(Receive(4))), version);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> FillAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        while (!buffer.IsEmpty)
        {
            var received = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancel);
            if (received == 0)
            {
                return false;
            }

            buffer = buffer[received..];
        }

        return true;
    }
}

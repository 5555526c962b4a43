using System.Buffers.Binary;
using Ouzel.Broker.Net;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A client of Kafka's protocol for tests: one connection, any request in any version, also malformed ones.</summary>
internal sealed class WireClient(Transport transport, string clientId = "test") : IDisposable
{
    private int _correlationId;

    public Transport Transport => transport;

    /// <summary>Sends a request and waits for its response.</summary>
    public async Task<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var sent = await SendAsync(request, version);
        var (received, response) = await ReceiveAsync<TResponse>(version);
        Assert.Equal(sent, received);
        return response;
    }

    /// <summary>Sends a request; returns its correlation id.</summary>
    public async Task<int> SendAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var correlationId = ++_correlationId;
        await SendFrameAsync(Encode(request, TResponse.ApiKey, version, correlationId, clientId));
        return correlationId;
    }

    public async Task<(int CorrelationId, TResponse Response)> ReceiveAsync<TResponse>(short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var frame = await ReceiveFrameAsync();
        Assert.True(frame is not null, "the broker closed the connection");
        return Decode<TResponse>(frame, version);
    }

    public static (int CorrelationId, TResponse Response) Decode<TResponse>(byte[] frame, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var reader = new WireReader(frame);
        var header = ResponseHeader.Read(ref reader, TResponse.ApiKey, version);
        var response = new TResponse();
        response.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return (header.CorrelationId, response);
    }

    /// <summary>Header and body of a request, without the length.</summary>
    public static byte[] Encode(IWireMessage request, ApiKey key, short version, int correlationId, string? clientId = "test")
    {
        using var writer = new WireWriter();
        RequestHeader.Write(writer, key, version, correlationId, clientId);
        request.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }

    public Task SendFrameAsync(ReadOnlySpan<byte> frame)
    {
        var whole = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, frame.Length);
        frame.CopyTo(whole.AsSpan(4));
        return SendRawAsync(whole);
    }

    /// <summary>Sends bytes as they are. A connection that the broker has closed swallows them.</summary>
    public async Task SendRawAsync(byte[] bytes)
    {
        try
        {
            await transport.SendAsync(bytes);
        }
        catch (IOException)
        {
            // ReceiveFrameAsync tells the test.
        }
    }

    /// <summary>The next response's bytes; null when the broker closed the connection.</summary>
    public async Task<byte[]?> ReceiveFrameAsync()
    {
        var length = new byte[4];
        if (!await FillAsync(length))
        {
            return null;
        }

        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        Assert.True(await FillAsync(frame), "the connection ended inside an answer");
        return frame;
    }

    public void Dispose() => transport.Dispose();

    private async Task<bool> FillAsync(Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int received;
            try
            {
                received = await transport.ReceiveAsync(buffer);
            }
            catch (IOException)
            {
                return false;
            }

            if (received == 0)
            {
                return false;
            }

            buffer = buffer[received..];
        }

        return true;
    }
}

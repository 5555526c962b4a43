using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Testing.Tests.Support;

/// <summary>One connection that speaks the protocol to a test broker, without a socket.</summary>
internal sealed class Wire(Stream stream, string clientId) : IDisposable
{
    private const short ProduceVersion = 9;
    private const short FetchVersion = 12;
    private int _correlationId;

    /// <summary>Connects to a broker.</summary>
    public static async Task<Wire> ConnectAsync(OuzelTestBroker broker, string clientId = "wire")
    {
        var port = int.Parse(broker.BootstrapServers[(broker.BootstrapServers.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        return new Wire(await broker.ConnectAsync("127.0.0.1", port), clientId);
    }

    /// <summary>Sends a request and receives its response.</summary>
    /// <exception cref="IOException">The broker closed the connection.</exception>
    public async Task<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        await stream.WriteAsync(Frame(request, TResponse.ApiKey, version));
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame);
        return Decode<TResponse>(frame, version);
    }

    /// <summary>Produces one record to one partition.</summary>
    public async Task<ErrorCode> ProduceAsync(string topic, string value, int partition = 0, long? timestampMs = null)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(timestampMs ?? 1_700_000_000_000, "k"u8.ToArray(), Encoding.UTF8.GetBytes(value));
        var response = await ProduceAsync(topic, (partition, builder.BuildArray()));
        return response.Single().Error;
    }

    /// <summary>Produces one batch to each of several partitions, with acks=all.</summary>
    public async Task<List<(int Partition, ErrorCode Error)>> ProduceAsync(string topic, params (int Partition, byte[] Batch)[] parts)
    {
        var response = await CallAsync(new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = int.MaxValue, // the clock of a test leaps
            TopicData =
            [
                new()
                {
                    Name = topic,
                    PartitionData = [.. parts.Select(part => new ProduceRequest.PartitionProduceData { Index = part.Partition, Records = new MemoryRecords(part.Batch) })],
                },
            ],
        }, ProduceVersion);
        return [.. response.Responses.SelectMany(t => t.PartitionResponses).Select(p => (p.Index, p.ErrorCode)).Order()];
    }

    /// <summary>Fetches a partition from an offset on, without a session.</summary>
    public async Task<FetchResponse.PartitionData> FetchAsync(string topic, int partition = 0, long offset = 0)
    {
        var response = await CallAsync(new FetchRequest
        {
            MaxWaitMs = 0,
            MaxBytes = 1 << 20,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = 1 << 20 }] }],
        }, FetchVersion);
        return response.Responses.Single().Partitions.Single();
    }

    public void Dispose() => stream.Dispose();

    private byte[] Frame(IWireMessage request, ApiKey key, short version)
    {
        using var writer = new WireWriter();
        RequestHeader.Write(writer, key, version, ++_correlationId, clientId);
        request.Write(writer, version);
        var frame = new byte[4 + writer.WrittenSpan.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, writer.WrittenSpan.Length);
        writer.WrittenSpan.CopyTo(frame.AsSpan(4));
        return frame;
    }

    private static TResponse Decode<TResponse>(byte[] frame, short version)
        where TResponse : class, IKafkaResponse, new()
    {
        var reader = new WireReader(frame);
        ResponseHeader.Read(ref reader, TResponse.ApiKey, version);
        var response = new TResponse();
        response.Read(ref reader, version);
        return response;
    }
}

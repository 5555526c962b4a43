using System.Buffers.Binary;
using System.Collections.Concurrent;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Tests.Support;

/// <summary>A script's act on a request.</summary>
internal sealed record Answer
{
    /// <summary>Null sends nothing.</summary>
    public IWireMessage? Response { get; init; }

    /// <summary>Closes the connection, after the response if there is one.</summary>
    public bool Closes { get; init; }

    /// <summary>Sends only so many bytes of the response.</summary>
    public int? CutAt { get; init; }

    /// <summary>Sends the response so often.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Writes the response in this version whatever was asked.</summary>
    public short? Version { get; init; }

    public static implicit operator Answer(ApiVersionsResponse response) => new() { Response = response };

    public static implicit operator Answer(MetadataResponse response) => new() { Response = response };

    public static implicit operator Answer(ProduceResponse response) => new() { Response = response };
}

/// <summary>A request as a script sees it.</summary>
internal sealed record Asked(int BrokerId, ApiKey Key, short Version, ReadOnlyMemory<byte> Body)
{
    public TRequest Read<TRequest>()
        where TRequest : IWireMessage, new()
    {
        var request = new TRequest();
        var reader = new WireReader(Body);
        request.Read(ref reader, Version);
        return request;
    }
}

/// <summary>Brokers without a network and without a log that answer as a test says. What no test says: versions, metadata of the topics given, producer ids.</summary>
internal sealed class ScriptedCluster
{
    private readonly ConcurrentDictionary<ApiKey, Func<Asked, Task<Answer>>> _scripts = new();
    private long _producerIds = 100;

    public ScriptedCluster(int brokers = 1)
    {
        BrokerIds = [.. Enumerable.Range(1, brokers)];
        On(ApiKey.ApiVersions, _ => Versions());
        On(ApiKey.Metadata, asked => Metadata(asked.Read<MetadataRequest>()));
        On(ApiKey.InitProducerId, _ => new Answer { Response = new InitProducerIdResponse { ProducerId = Interlocked.Increment(ref _producerIds), ProducerEpoch = 0 } });
    }

    public IReadOnlyList<int> BrokerIds { get; }

    /// <summary>Leaders by topic; a partition for each.</summary>
    public ConcurrentDictionary<string, int[]> Leaders { get; } = new();

    public int LeaderEpoch { get; set; } = 1;

    /// <summary>Every request, in the order of arrival.</summary>
    public ConcurrentQueue<Asked> Log { get; } = new();

    /// <summary>Connections opened so far.</summary>
    public int Connections => _connections;

    /// <summary>The newest version served of an API; what is not here is served as far as the client knows it.</summary>
    public Dictionary<ApiKey, short> Highest { get; } = [];

    private int _connections;

    public void On(ApiKey key, Func<Asked, Answer> script) => _scripts[key] = asked => Task.FromResult(script(asked));

    public void On(ApiKey key, Func<Asked, Task<Answer>> script) => _scripts[key] = script;

    public ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _connections);
        var (client, server) = MemoryStreamPair.Create();
        _ = ServeAsync(server, port);
        return ValueTask.FromResult(client);
    }

    public OuzelClientOptions Options(TimeProvider? clock = null) => new()
    {
        BootstrapServers = "script:1",
        Connect = ConnectAsync,
        Clock = clock ?? TimeProvider.System,
        Random = new Random(1),
        RetryBackoffMs = 10,
        RetryBackoffMaxMs = 20,
        ReconnectBackoffMs = 10,
        ReconnectBackoffMaxMs = 20,
    };

    public MetadataResponse Metadata(MetadataRequest request) => new()
    {
        ClusterId = "scripted",
        ControllerId = 1,
        Brokers = [.. BrokerIds.Select(id => new MetadataResponse.MetadataResponseBroker { NodeId = id, Host = "script", Port = id })],
        Topics = [.. (request.Topics?.Select(t => t.Name!) ?? Leaders.Keys).Select(Topic)],
    };

    public ApiVersionsResponse Versions() => new()
    {
        ApiKeys = [.. Enum.GetValues<ApiKey>().Where(ApiCatalog.IsServable).Select(k => new ApiVersionsResponse.ApiVersion
        {
            ApiKey = (short)k,
            MinVersion = 0,
            MaxVersion = Highest.TryGetValue(k, out var highest) ? highest : ApiCatalog.HighestVersion(k),
        })],
    };

    private MetadataResponse.MetadataResponseTopic Topic(string name) => !Leaders.TryGetValue(name, out var leaders)
        ? new MetadataResponse.MetadataResponseTopic { Name = name, ErrorCode = ErrorCode.UnknownTopicOrPartition }
        : new MetadataResponse.MetadataResponseTopic
        {
            Name = name,
            TopicId = new Uuid(1, name.GetHashCode(StringComparison.Ordinal)),
            Partitions = [.. leaders.Select((leader, i) => new MetadataResponse.MetadataResponsePartition { PartitionIndex = i, LeaderId = leader, LeaderEpoch = LeaderEpoch })],
        };

    private async Task ServeAsync(Stream stream, int brokerId)
    {
        try
        {
            var size = new byte[4];
            while (await stream.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false) == 4)
            {
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                await stream.ReadExactlyAsync(frame);
                var (header, asked) = Parse(frame, brokerId);
                Log.Enqueue(asked);
                var answer = await _scripts[asked.Key](asked);
                await SendAsync(stream, header, answer);
                if (answer.Closes)
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private static (RequestHeader Header, Asked Asked) Parse(byte[] frame, int brokerId)
    {
        var reader = new WireReader(frame);
        var header = RequestHeader.Read(ref reader);
        return (header, new Asked(brokerId, header.ApiKey, header.ApiVersion, reader.RemainingMemory));
    }

    private static async Task SendAsync(Stream stream, RequestHeader header, Answer answer)
    {
        if (answer.Response is null)
        {
            return;
        }

        using var writer = new WireWriter();
        writer.Reserve(4);
        var version = answer.Version ?? header.ApiVersion;
        ResponseHeader.Write(writer, header.ApiKey, version, header.CorrelationId);
        answer.Response.Write(writer, version);
        writer.SetInt32(0, writer.Length - 4);
        for (var i = 0; i < answer.Times; i++)
        {
            await stream.WriteAsync(writer.WrittenMemory[..(answer.CutAt ?? writer.Length)]);
        }
    }
}

namespace Ouzel.Load;

/// <summary>The options that every load takes.</summary>
/// <param name="Address">host:port.</param>
/// <param name="Topic">Created unless it exists.</param>
/// <param name="Partitions">Of the topic, when it is created; connections are spread over them.</param>
/// <param name="Connections">How many.</param>
/// <param name="Seconds">Longest time.</param>
/// <param name="BytesMax">Most bytes of batches, 0 for no limit.</param>
/// <param name="BrokerPid">Process whose CPU time is read, 0 for none.</param>
/// <param name="IsBare">The server is one of the bare loops: it knows no topics, so none is made or looked for.</param>
internal sealed record LoadOptions(string Address, string Topic, int Partitions, int Connections, double Seconds, long BytesMax, int BrokerPid, bool IsBare = false)
{
    public (string Host, int Port) HostAndPort => Address.LastIndexOf(':') is >= 0 and var colon && int.TryParse(Address[(colon + 1)..], out var port)
        ? (Address[..colon], port)
        : throw new LoadException($"{Address} is not host:port");
}

/// <summary>The broker refused something, or is not one.</summary>
internal sealed class LoadException(string message) : Exception(message);

/// <summary>One direction of load.</summary>
internal interface ILoad
{
    string Name { get; }

    /// <summary>Drives one connection until the run is over.</summary>
    Task DriveAsync(LoadConnection connection, LoadTarget target, LoadMeter meter);
}

/// <summary>One partition, where its leader is.</summary>
internal sealed record LoadTarget(string Topic, int Partition, string Host, int Port);

using System.Buffers.Binary;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Tests.Overload;

/// <summary>
/// Kinds of clients that make a broker work or remember far beyond what they send, each as a loop over one connection after the other. What they send is made once, so
/// that they take little of the machine they share with the broker.
/// </summary>
internal static class HostileSender
{
    private const int FrameBytes = 99 << 20;
    private const int BombBytes = 200 << 20;

    private static readonly Lazy<byte[]> TinyElements = new(MakeTinyElements);
    private static readonly Lazy<byte[]> Bomb = new(MakeBomb);

    /// <summary>A frame of 99 MB whose elements of four bytes would decode to gigabytes.</summary>
    public static async Task SendTinyElementsAsync(OverloadedBroker broker, string topic, CancellationToken stop)
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        await client.SendAsync(TinyElements.Value, stop);
        await client.ReceiveAsync(stop);
    }

    /// <summary>A batch of some kilobytes that unpacks to 200 MB.</summary>
    public static async Task SendBombsAsync(OverloadedBroker broker, string topic, CancellationToken stop)
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        var frame = RawClient.Frame(WellBehaved.Produce(topic, Bomb.Value, acks: 1), WellBehaved.ProduceVersion);
        while (!stop.IsCancellationRequested)
        {
            await client.SendAsync(frame, stop);
            if (await client.ReceiveAsync(stop) is null)
            {
                return;
            }
        }
    }

    /// <summary>Fifty connections that ask for every setting with its documentation and never read.</summary>
    public static async Task NeverReadAsync(OverloadedBroker broker, string topic, CancellationToken stop)
    {
        var frame = RawClient.Frame(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = 4, ResourceName = "1", ConfigurationKeys = null }], IncludeDocumentation = true, IncludeSynonyms = true }, 4);
        List<RawClient> clients = [];
        try
        {
            for (var i = 0; i < 50; i++)
            {
                clients.Add(await RawClient.OpenAsync(broker.Address, receiveBufferBytes: 4096));
                for (var sent = 0; sent < 20; sent++)
                {
                    await clients[^1].SendAsync(frame, stop);
                }
            }

            await Task.Delay(Timeout.Infinite, stop);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    /// <summary>A new connection for each cheap request.</summary>
    public static async Task ReconnectAsync(OverloadedBroker broker, string topic, CancellationToken stop)
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        await client.CallAsync(new MetadataRequest { Topics = [] }, WellBehaved.MetadataVersion, stop);
    }

    /// <summary>New groups without end, each with a subscription of 100 KB and never heard of again: its session ends after six seconds.</summary>
    public static async Task JoinGroupsAsync(OverloadedBroker broker, string topic, CancellationToken stop)
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        var subscription = new byte[100_000];
        while (!stop.IsCancellationRequested)
        {
            var join = new JoinGroupRequest
            {
                GroupId = Guid.NewGuid().ToString(),
                SessionTimeoutMs = 6_000,
                RebalanceTimeoutMs = 6_000,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = subscription }],
            };
            await client.CallAsync(join, 3, stop);
        }
    }

    /// <summary>Reads in the oldest form, so that every batch is converted for it, and hardly takes what it is sent.</summary>
    public static async Task ConvertAsync(OverloadedBroker broker, string topic, CancellationToken stop)
    {
        using var client = await RawClient.OpenAsync(broker.Address, receiveBufferBytes: 4096);
        var frame = RawClient.Frame(WellBehaved.Fetch(topic, 0, 16 << 20), 2);
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(frame, stop);
        }

        await Task.Delay(TimeSpan.FromSeconds(1), stop);
    }

    private static byte[] MakeTinyElements()
    {
        // Metadata of version 9 up to its list of topics, which are {name "a", no tags} as far as the frame goes.
        var head = RawClient.Frame(new MetadataRequest { Topics = [] }, WellBehaved.MetadataVersion);
        var body = head.AsSpan(0, head.Length - 5);
        var frame = new byte[FrameBytes + 4];
        body.CopyTo(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame, FrameBytes);
        var at = body.Length;
        for (var count = (uint)(FrameBytes / 3); count > 0; count >>= 7)
        {
            frame[at++] = (byte)(count > 0x7f ? count | 0x80 : count);
        }

        ReadOnlySpan<byte> element = [2, (byte)'a', 0];
        for (; at + element.Length <= frame.Length; at += element.Length)
        {
            element.CopyTo(frame.AsSpan(at));
        }

        return frame;
    }

    private static byte[] MakeBomb()
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Zstd };
        builder.AppendAt(0, 0, [], hasKey: false, new byte[BombBytes], hasValue: true);
        return builder.BuildArray();
    }
}

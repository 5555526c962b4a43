using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Tests.Support;

namespace Ouzel.Broker.Tests.Net;

public sealed class FrameReaderTests
{
    private const int FrameBytesMax = 10_000_000;

    private readonly MemoryListener _listener = new();

    [Fact]
    public async Task Frames_come_out_as_they_were_sent_however_the_bytes_are_cut()
    {
        var random = new Random(11);
        for (var round = 0; round < 30; round++)
        {
            List<byte[]> frames = [.. Enumerable.Range(0, 40).Select(_ => Filled(random, SizeOf(random)))];
            var (client, reader) = await OpenAsync();
            var reading = ReadAllAsync(reader, frames);
            byte[] bytes = [.. frames.SelectMany(Framed)];
            for (var at = 0; at < bytes.Length;)
            {
                var count = Math.Min(bytes.Length - at, random.Next(1, 100_000));
                await client.SendAsync(bytes.AsMemory(at, count));
                at += count;
            }

            client.CloseSending();
            await reading;
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(FrameBytesMax + 1)]
    [InlineData(int.MaxValue)]
    public async Task A_length_that_cannot_be_is_refused_before_anything_is_stored(int length)
    {
        var (client, reader) = await OpenAsync();
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        await client.SendAsync(bytes);
        await Assert.ThrowsAsync<FrameLengthException>(async () => await reader.ReadAsync());
    }

    [Fact]
    public async Task A_frame_of_exactly_the_limit_is_accepted()
    {
        var (client, reader) = await OpenAsync();
        var reading = reader.ReadAsync().AsTask();
        await client.SendAsync(Framed(new byte[FrameBytesMax]));
        Assert.True(await reading);
        Assert.Equal(FrameBytesMax, reader.Frame.Length);
    }

    [Fact]
    public async Task The_stream_may_end_inside_a_frame()
    {
        foreach (var sent in new[] { 0, 3, 4, 100, 100_000 })
        {
            var (client, reader) = await OpenAsync();
            await client.SendAsync(Framed(new byte[200_000]).AsMemory(0, sent));
            client.CloseSending();
            Assert.False(await reader.ReadAsync());
        }
    }

    [Fact]
    public async Task The_next_frame_is_announced_when_it_is_here_in_full()
    {
        var (client, reader) = await OpenAsync();
        byte[] both = [.. Framed([1, 2]), .. Framed([3, 4, 5])];
        await client.SendAsync(both.AsMemory(0, both.Length - 1));
        Assert.True(await reader.ReadAsync());
        Assert.False(reader.HasNext);
        await client.SendAsync(both.AsMemory(both.Length - 1));
        Assert.True(await reader.ReadAsync());
        Assert.Equal([3, 4, 5], reader.Frame.ToArray());

        await client.SendAsync(both);
        Assert.True(await reader.ReadAsync());
        Assert.True(reader.HasNext);
    }

    [Fact]
    public async Task A_spent_budget_holds_large_frames_back_until_another_is_done()
    {
        var budget = Budget(new NetworkLimits { QueuedRequestBytesMax = 300_000 });
        var (first, firstReader) = await OpenAsync(budget);
        var (second, secondReader) = await OpenAsync(budget);
        var frame = Framed(new byte[200_000]);
        await first.SendAsync(frame);
        Assert.True(await firstReader.ReadAsync());
        var overdrawing = secondReader.ReadAsync().AsTask();
        await second.SendAsync(frame);
        Assert.True(await overdrawing);

        var (third, thirdReader) = await OpenAsync(budget);
        var waiting = thirdReader.ReadAsync().AsTask();
        await third.SendAsync(frame);
        Assert.False(waiting.IsCompleted);
        firstReader.Dispose();
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    private static async Task ReadAllAsync(FrameReader reader, List<byte[]> frames)
    {
        foreach (var frame in frames)
        {
            Assert.True(await reader.ReadAsync());
            Assert.True(reader.Frame.Span.SequenceEqual(frame));
        }

        Assert.False(await reader.ReadAsync());
        reader.Dispose();
    }

    private async Task<(MemoryTransport Client, FrameReader Reader)> OpenAsync(MemoryBudget? budget = null)
    {
        var client = _listener.Connect();
        var server = await _listener.AcceptAsync();
        return (client, new FrameReader(server!, budget ?? Budget(new NetworkLimits { RequestBytesMax = FrameBytesMax })));
    }

    private static MemoryBudget Budget(NetworkLimits limits) => new(limits, FakeTime.New(), NullLogger.Instance);

    private static int SizeOf(Random random) => random.Next(10) switch
    {
        0 => 0,
        1 => random.Next(60_000, 70_000),
        2 => random.Next(1_000_000),
        _ => random.Next(2000),
    };

    private static byte[] Filled(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Framed(byte[] frame)
    {
        var whole = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, frame.Length);
        frame.CopyTo(whole, 4);
        return whole;
    }
}

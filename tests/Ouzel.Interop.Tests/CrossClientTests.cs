namespace Ouzel.Interop.Tests;

/// <summary>A record's writer must not matter to who reads it: each codec's writers share a topic, each of its readers reads the whole.</summary>
public sealed class CrossClientTests(SharedBroker broker)
{
    private const int RecordsEach = 10;

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Every_reader_understands_every_writer(string codec)
    {
        var topic = $"cross-{codec}";
        ForeignClient[] able = [.. ForeignClient.All.Where(c => c.Codecs.Contains(codec))];
        var records = 0;
        foreach (var writer in able)
        {
            await writer.ProduceAsync(broker.Address, topic, codec, records, RecordsEach);
            records += RecordsEach;
        }

        foreach (var reader in able)
        {
            ClientContract.Complete(await reader.ConsumeAsync(broker.Address, topic, "beginning", records), 0, records, $"{reader.Name} reads {codec}");
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    public async Task Message_format_0_is_written_and_read(string codec)
    {
        var topic = $"oldest-{codec}";
        await ForeignClient.SaramaOldest.ProduceAsync(broker.Address, topic, codec, 0, 30);
        ClientContract.Complete(await ForeignClient.SaramaOldest.ConsumeAsync(broker.Address, topic, "beginning", 30), 0, 30, $"format 0, {codec}");
    }
}

using System.Text;
using Ouzel.Client.Connections;
using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Consuming.Fetching;

public sealed class RecordBlockTests
{
    private readonly PartitionState _state = new(new TopicPartition("t", 0));

    public RecordBlockTests()
    {
        _state.SeekTo(0, -1);
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Records_of_every_codec_lie_where_the_slots_say(CompressionCodec codec)
    {
        using var block = Begin([.. Batch(10, codec, "a", "b"), .. Batch(20, codec, "c")]);

        block.Fill(100, 0, checkCrc: true);

        Assert.Equal(["10=a", "11=b", "20=c"], Read(block));
        Assert.Equal(21, block.NextOffset);
    }

    [Theory]
    [InlineData(0, CompressionCodec.None)]
    [InlineData(0, CompressionCodec.Gzip)]
    [InlineData(1, CompressionCodec.None)]
    [InlineData(1, CompressionCodec.Snappy)]
    [InlineData(1, CompressionCodec.Lz4)]
    public void Messages_of_old_formats_are_read(byte magic, CompressionCodec codec)
    {
        using var old = new PooledBytes();
        Assert.Equal(ErrorCode.None, OldMessageSet.Convert([.. Batch(10, codec, "a", "b")], magic, 0, old));
        using var block = Begin(old.WrittenSpan.ToArray());

        block.Fill(100, 11, checkCrc: true);

        Assert.Equal(["11=b"], Read(block));
        Assert.Equal(12, block.NextOffset);
    }

    [Fact]
    public void A_batch_that_begins_before_the_position_is_given_from_there()
    {
        using var block = Begin([.. Batch(10, CompressionCodec.Lz4, "a", "b", "c")]);

        block.Fill(100, 11, checkCrc: true);

        Assert.Equal(["11=b", "12=c"], Read(block));
    }

    [Fact]
    public void A_cut_batch_at_the_end_does_not_count()
    {
        byte[] whole = [.. Batch(10, CompressionCodec.None, "a")];
        using var block = Begin([.. whole, .. whole[..20]]);

        block.Fill(100, 0, checkCrc: true);

        Assert.Equal(["10=a"], Read(block));
        Assert.Equal(block.Chunk!.Bytes, block.Chunk.At);
    }

    [Fact]
    public void What_lies_before_a_broken_batch_is_given_and_then_the_fault_is_told()
    {
        byte[] broken = [.. Batch(11, CompressionCodec.None, "b")];
        broken[^3] ^= 1;
        using var block = Begin([.. Batch(10, CompressionCodec.None, "a"), .. broken]);

        block.Fill(100, 0, checkCrc: true);
        Assert.Equal(["10=a"], Read(block));

        block.Restart();
        var fault = Assert.Throws<KafkaException>(() => block.Fill(100, 11, checkCrc: true));
        Assert.Equal(ErrorCode.CorruptMessage, fault.Error);
        Assert.Contains("11", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Markers_are_not_given_and_count_as_read()
    {
        using var block = Begin([.. Batch(10, CompressionCodec.None, "a"), .. ControlRecord.EndTransaction(commit: true, 7, 0, 0, 0, baseOffset: 11)]);

        block.Fill(100, 0, checkCrc: true);

        Assert.Equal(["10=a"], Read(block));
        Assert.Equal(12, block.NextOffset);
    }

    [Fact]
    public void Records_of_aborted_transactions_are_not_given()
    {
        byte[] log =
        [
            .. Transactional(10, 7, "aborted"), .. Transactional(11, 8, "kept"), .. ControlRecord.EndTransaction(commit: false, 7, 0, 0, 0, baseOffset: 12),
            .. Transactional(13, 7, "of the next transaction"), .. Batch(14, CompressionCodec.None, "plain"),
        ];
        var aborted = new AbortedTransactions([new FetchResponse.AbortedTransaction { ProducerId = 7, FirstOffset = 10 }]);
        using var block = Begin(log, aborted);

        block.Fill(100, 0, checkCrc: true);

        Assert.Equal(["11=kept", "13=of the next transaction", "14=plain"], Read(block));
    }

    private RecordBlock Begin(byte[] log, AbortedTransactions? aborted = null)
    {
        var block = new RecordBlock();
        block.Begin(new FetchedChunk(_state, new FetchLease(new LeasedResponse<FetchResponse>(new FetchResponse(), [])), log, aborted));
        return block;
    }

    private static string[] Read(RecordBlock block) =>
        [.. Enumerable.Range(0, block.Count).Select(i => block.Slot(i)).Select(s => $"{s.Offset}={Encoding.UTF8.GetString(block.Bytes(s.Source, s.ValueAt, s.ValueLength).Span)}")];

    private static byte[] Batch(long offset, CompressionCodec codec, params string[] values)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = offset, Codec = codec };
        return Fill(builder, values);
    }

    private static byte[] Transactional(long offset, long producerId, string value)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = offset, ProducerId = producerId, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true };
        return Fill(builder, [value]);
    }

    private static byte[] Fill(RecordBatchBuilder builder, string[] values)
    {
        foreach (var value in values)
        {
            builder.Append(1, null, Encoding.UTF8.GetBytes(value));
        }

        return builder.BuildArray();
    }
}

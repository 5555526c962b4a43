using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Tests.Records;

public sealed class RecordBatchTests
{
    [Fact]
    public void Offset_and_leader_epoch_change_beneath_the_checksum()
    {
        var bytes = OneRecord();
        RecordBatch.SetBaseOffset(bytes, 1L << 40);
        RecordBatch.SetPartitionLeaderEpoch(bytes, 9);
        Assert.True(RecordBatch.TryRead(bytes, out var batch, out _));
        Assert.Equal(1L << 40, batch.BaseOffset);
        Assert.Equal(9, batch.PartitionLeaderEpoch);
        Assert.True(batch.IsCrcValid());
    }

    [Fact]
    public void Log_append_time_keeps_the_records_and_answers_the_batch_time_for_each()
    {
        var bytes = OneRecord();
        Assert.True(RecordBatch.SetMaxTimestampAndType(bytes, 777, TimestampType.LogAppendTime));
        Assert.False(RecordBatch.SetMaxTimestampAndType(bytes, 777, TimestampType.LogAppendTime));
        Assert.True(RecordBatch.TryRead(bytes, out var batch, out _));
        Assert.True(batch.IsCrcValid());
        Assert.Equal(5, batch.BaseTimestamp);
        foreach (var record in batch.Records())
        {
            Assert.Equal(777, record.TimestampMs);
        }
    }

    [Theory]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    [InlineData(int.MaxValue - 1, 3, 1)]
    [InlineData(0, 5, 5)]
    public void Sequence_numbers_go_on_at_zero(int sequence, int increment, int expected) =>
        Assert.Equal(expected, RecordBatch.AddSequence(sequence, increment));

    [Fact]
    public void A_gzip_batch_larger_than_the_caller_allows_is_refused()
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Gzip };
        builder.Append(1, null, new byte[1 << 20]);
        var bytes = builder.BuildArray();
        Assert.True(bytes.Length < 4096);
        Assert.Throws<RecordFormatException>(() => Count(bytes, 1 << 19));
        Assert.Equal(1, Count(bytes, 2 << 20));
    }

    [Fact]
    public void Offsets_must_rise_within_a_builder()
    {
        using var builder = new RecordBatchBuilder { BaseOffset = 10 };
        builder.AppendAt(12, 0, null, []);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AppendAt(12, 0, null, []));
    }

    private static int Count(byte[] bytes, int bytesMax)
    {
        Assert.True(RecordBatch.TryRead(bytes, out var batch, out _));
        var count = 0;
        foreach (var record in batch.Records(bytesMax))
        {
            count += record.HasValue ? 1 : 0;
        }

        return count;
    }

    private static byte[] OneRecord()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(5, [1], [2]);
        return builder.BuildArray();
    }
}

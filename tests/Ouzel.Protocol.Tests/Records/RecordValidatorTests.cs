using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Tests.Records;

public sealed class RecordValidatorTests
{
    private const long NowMs = 1_790_000_000_000;

    private static readonly ValidationRules Rules = new();

    [Fact]
    public void Size_comes_before_the_checksum_and_the_base_offset_before_both()
    {
        var batch = Batch(CompressionCodec.None, NowMs);
        batch[17] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, Error(batch, Rules));
        Assert.Equal(ErrorCode.MessageTooLarge, Error(batch, Rules with { MessageBytesMax = batch.Length - 1 }));
        Assert.Equal(ErrorCode.CorruptMessage, Error(batch, Rules with { MessageBytesMax = batch.Length }));
        RecordBatch.SetBaseOffset(batch, 1);
        Assert.Equal(ErrorCode.InvalidRecord, Error(batch, Rules with { MessageBytesMax = 10 }));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Zstd)]
    public void Records_too_far_ahead_are_named_by_their_index(CompressionCodec codec)
    {
        var batch = Batch(codec, NowMs, NowMs + 3_600_001, NowMs + 3_600_000, NowMs + 7_200_000);
        var validation = RecordValidator.Validate(batch, Rules, NowMs);
        Assert.Equal(ErrorCode.InvalidTimestamp, validation.Error);
        Assert.Equal([1, 3], validation.RecordErrors.Select(e => e.BatchIndex));
        Assert.Equal(ErrorCode.None, Error(batch, Rules with { TimestampType = TimestampType.LogAppendTime }));
    }

    [Fact]
    public void Records_older_than_the_bound_are_refused_but_those_without_a_time_are_not()
    {
        var rules = Rules with { TimestampBeforeMaxMs = 1000 };
        Assert.Equal(ErrorCode.InvalidTimestamp, Error(Batch(CompressionCodec.None, NowMs - 1001), rules));
        Assert.Equal(ErrorCode.None, Error(Batch(CompressionCodec.None, NowMs - 1000), rules));
        Assert.Equal(ErrorCode.None, Error(Batch(CompressionCodec.None, -1), rules));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Lz4)]
    public void A_compacted_topic_names_the_records_without_a_key(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder { Codec = codec };
        builder.Append(NowMs, [1], [1]);
        builder.Append(NowMs, null, [1]);
        builder.Append(NowMs, [], null);
        builder.Append(NowMs, null, [1]);
        var validation = RecordValidator.Validate(builder.BuildArray(), Rules with { KeyRequired = true }, NowMs);
        Assert.Equal(ErrorCode.InvalidRecord, validation.Error);
        Assert.Equal([1, 3], validation.RecordErrors.Select(e => e.BatchIndex));
    }

    [Fact]
    public void The_largest_timestamp_is_the_brokers_to_compute()
    {
        var batch = Batch(CompressionCodec.None, 100, 300, 200);
        RecordBatch.SetMaxTimestampAndType(batch, 999, TimestampType.CreateTime);
        var validation = RecordValidator.Validate(batch, Rules, NowMs);
        Assert.Equal(300, validation.MaxTimestampMs);
        Assert.True(RecordBatch.TryRead(validation.Apply(batch), out var stored, out _));
        Assert.Equal(300, stored.MaxTimestamp);
        Assert.True(stored.IsCrcValid());
    }

    [Fact]
    public void Log_append_time_keeps_the_records_of_a_packed_batch()
    {
        var batch = Batch(CompressionCodec.Snappy, 100, 300);
        var validation = RecordValidator.Validate(batch, Rules with { TimestampType = TimestampType.LogAppendTime }, NowMs);
        Assert.Null(validation.Rewritten);
        Assert.True(RecordBatch.TryRead(validation.Apply(batch), out var stored, out _));
        Assert.Equal(NowMs, stored.MaxTimestamp);
        Assert.Equal(100, stored.BaseTimestamp);
        Assert.Equal(TimestampType.LogAppendTime, stored.TimestampType);
    }

    [Theory]
    [InlineData(CompressionCodec.None, CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Zstd, CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Lz4, CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip, CompressionCodec.Zstd)]
    public void A_topic_with_its_own_codec_packs_anew_and_keeps_the_producers_numbers(CompressionCodec sent, CompressionCodec wanted)
    {
        using var builder = new RecordBatchBuilder { Codec = sent, ProducerId = 7, ProducerEpoch = 2, BaseSequence = 40, IsTransactional = true };
        for (var i = 0; i < 50; i++)
        {
            builder.Append(1000 + i, [(byte)i], new byte[20], [new("h", null)]);
        }

        var bytes = builder.BuildArray();
        var validation = RecordValidator.Validate(bytes, Rules with { Compression = wanted }, NowMs);
        Assert.Equal(ErrorCode.None, validation.Error);
        Assert.True(RecordBatch.TryRead(validation.Rewritten, out var batch, out _));
        Assert.Equal(wanted, batch.Codec);
        Assert.Equal((7L, (short)2, 40, true, 50, 49), (batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence, batch.IsTransactional, batch.RecordCount, batch.LastOffsetDelta));
        Assert.Equal(1049, batch.MaxTimestamp);
        Assert.True(batch.IsCrcValid());
        var i2 = 0;
        foreach (var record in batch.Records())
        {
            Assert.Equal((i2, 1000 + i2, (byte)i2++, 1), (record.OffsetDelta, record.TimestampMs, record.Key[0], record.HeaderCount));
        }
    }

    [Fact]
    public void The_size_limit_counts_again_after_unpacking()
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Gzip };
        builder.Append(1, null, new byte[20_000]);
        var bytes = builder.BuildArray();
        Assert.Equal(ErrorCode.None, Error(bytes, Rules with { MessageBytesMax = 1000 }));
        Assert.Equal(ErrorCode.MessageTooLarge, Error(bytes, Rules with { MessageBytesMax = 1000, Compression = CompressionCodec.None }));
    }

    [Fact]
    public void What_the_broker_writes_itself_may_be_control_and_have_an_offset()
    {
        var marker = ControlRecord.EndTransaction(true, 1, 0, 0, NowMs, baseOffset: 5);
        Assert.Equal(ErrorCode.InvalidRecord, Error(marker, Rules));
        Assert.Equal(ErrorCode.None, Error(marker, Rules with { FromClient = false, Compression = CompressionCodec.Gzip }));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_record_of_a_packed_batch_may_be_as_large_as_the_limit_and_no_larger(CompressionCodec codec)
    {
        // The body: attributes, two deltas and "no key" of one byte each, the value's length of two, the value, no headers.
        const int Value = 500;
        const int Body = 1 + 1 + 1 + 1 + 2 + Value + 1;
        var batch = Values(codec, 5, Value, 5);
        Assert.Equal(ErrorCode.None, Error(batch, Rules with { DecompressedRecordBytesMax = Body }));
        var refused = RecordValidator.Validate(batch, Rules with { DecompressedRecordBytesMax = Body - 1 }, NowMs);
        Assert.Equal((ErrorCode.InvalidRecord, (string?)null), (refused.Error, refused.Message));
        Assert.Empty(refused.RecordErrors);
        Assert.Equal(ErrorCode.InvalidRecord, Error(batch, Rules with { DecompressedRecordBytesMax = Body - 1, Compression = CompressionCodec.None }));
        Assert.Equal(ErrorCode.None, Error(Values(CompressionCodec.None, Value), Rules with { DecompressedRecordBytesMax = 1 }));
        Assert.Equal(ErrorCode.None, Error(Values(codec, [.. Enumerable.Repeat(20, 1000)]), Rules with { DecompressedRecordBytesMax = 100 }));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void What_a_few_kilobytes_unpack_to_is_not_held(CompressionCodec codec)
    {
        var batch = Values(codec, 48 << 20);
        Assert.Equal(ErrorCode.None, Error(batch, Rules));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ErrorCode.None, Error(batch, Rules));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 24 << 20, $"{GC.GetAllocatedBytesForCurrentThread() - before}");
        Assert.Equal(ErrorCode.MessageTooLarge, Error(batch, Rules with { Compression = CompressionCodec.Snappy }));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void In_slices_the_verdict_is_the_same(CompressionCodec codec)
    {
        var good = Values(codec, 3, 2_000_000, 0, 70_000, 1);
        foreach (var batch in new[] { good, Batch(codec, NowMs, NowMs + 9_000_000), Damaged(good, 40), Damaged(good, good.Length - RecordBatch.HeaderSize - 3) })
        {
            var whole = RecordValidator.Validate(batch, Rules, NowMs);
            var slices = 1;
            using (var rest = RecordValidator.Begin(batch, Rules, NowMs, 1, out var validation))
            {
                if (rest is not null)
                {
                    for (; !rest.Step(batch, 1); slices++)
                    {
                        Assert.Equal(default, rest.Result);
                    }

                    validation = rest.Result;
                }

                Assert.Equal((whole.Error, whole.Message, whole.MaxTimestampMs), (validation.Error, validation.Message, validation.MaxTimestampMs));
                Assert.Equal(whole.RecordErrors, validation.RecordErrors);
            }

            if (ReferenceEquals(batch, good))
            {
                Assert.True(slices > 2, $"{slices}");
            }
        }
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_record_is_found_by_its_time_and_offset(CompressionCodec codec)
    {
        Assert.True(RecordBatch.TryRead(Batch(codec, 100, 300, 200, 400), out var batch, out _));
        Assert.True(batch.TryFind(150, 0, out var offset, out var foundMs));
        Assert.Equal((1, 300), (offset, foundMs));
        Assert.True(batch.TryFind(150, 2, out offset, out foundMs));
        Assert.Equal((2, 200), (offset, foundMs));
        Assert.False(batch.TryFind(401, 0, out _, out _));
        Assert.False(batch.TryFind(0, 4, out _, out _));
    }

    [Fact]
    public void Records_at_fault_are_named_up_to_a_bound()
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Zstd };
        for (var i = 0; i < 20_000; i++)
        {
            builder.Append(NowMs, null, []);
        }

        var validation = RecordValidator.Validate(builder.BuildArray(), Rules with { KeyRequired = true }, NowMs);
        Assert.Equal((ErrorCode.InvalidRecord, 10_000), (validation.Error, validation.RecordErrors.Count));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void A_producer_that_says_a_broker_gave_the_time_is_refused_where_no_time_of_its_own_is_looked_at(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder { Codec = codec, LogAppendTimeMs = NowMs };
        builder.Append(NowMs, [1], [2]);
        var batch = builder.BuildArray();
        Assert.Equal(ErrorCode.InvalidTimestamp, Error(batch, Rules with { TimestampType = TimestampType.LogAppendTime }));
        Assert.Equal(ErrorCode.None, Error(batch, Rules));
    }

    [Fact]
    public void An_uncompressed_batch_is_validated_without_allocation()
    {
        var batch = Batch(CompressionCodec.None, Enumerable.Repeat(NowMs, 500).ToArray());
        RecordValidator.Validate(batch, Rules, NowMs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var validation = RecordValidator.Validate(batch, Rules, NowMs);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(ErrorCode.None, validation.Error);
    }

    [Fact]
    public void Murmur2_gives_what_clients_compute()
    {
        var file = GoldenWire.Json("murmur2.json");
        int[] counts = [.. file.GetProperty("partitionCounts").EnumerateArray().Select(c => c.GetInt32())];
        foreach (var entry in file.GetProperty("keys").EnumerateArray())
        {
            var key = GoldenWire.Hex(entry.GetProperty("key"))!;
            Assert.Equal(entry.GetProperty("hash").GetInt32(), Murmur2.Hash(key));
            Assert.Equal(entry.GetProperty("partitions").EnumerateArray().Select(p => p.GetInt32()), counts.Select(c => Murmur2.Partition(key, c)));
        }
    }

    private static ErrorCode Error(byte[] batch, ValidationRules rules) => RecordValidator.Validate(batch, rules, NowMs).Error;

    private static byte[] Values(CompressionCodec codec, params int[] sizes)
    {
        using var builder = new RecordBatchBuilder { Codec = codec };
        foreach (var size in sizes)
        {
            builder.Append(NowMs, null, new byte[size]);
        }

        return builder.BuildArray();
    }

    /// <summary>A byte of the packed records changed, and the checksum put right.</summary>
    private static byte[] Damaged(byte[] batch, int at)
    {
        byte[] damaged = [.. batch];
        damaged[RecordBatch.HeaderSize + at] ^= 0x55;
        RecordBatch.SetCrc(damaged);
        return damaged;
    }

    private static byte[] Batch(CompressionCodec codec, params long[] timestamps)
    {
        using var builder = new RecordBatchBuilder { Codec = codec };
        foreach (var timestamp in timestamps)
        {
            builder.Append(timestamp, [1], [2, 3]);
        }

        return builder.BuildArray();
    }
}

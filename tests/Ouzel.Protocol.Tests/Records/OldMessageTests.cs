using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Tests.Records;

public sealed class OldMessageTests
{
    private const long NowMs = 1_790_000_000_000;

    private static readonly ValidationRules Rules = new() { OldFormatsAllowed = true };

    public static TheoryData<string> OldFiles() =>
    [
        .. GoldenWire.Json("batches/batches.json").GetProperty("files").EnumerateArray()
            .Where(f => f.GetProperty("batches").EnumerateArray().All(b => b.GetProperty("magic").GetInt32() < 2))
            .Select(f => f.GetProperty("file").GetString()!),
    ];

    public static TheoryData<string> Converted() =>
    [
        "v0-none.bin", "v0-gzip.bin", "v0-lz4.bin", "v1-none.bin", "v1-gzip.bin", "v1-snappy.bin", "v1-log-append-time.bin",
    ];

    [Theory]
    [MemberData(nameof(OldFiles))]
    public void A_recorded_message_set_reads_as_its_catalogue_says(string name)
    {
        ReadOnlySpan<byte> rest = GoldenWire.Batch(name);
        foreach (var expected in GoldenWire.BatchFile("batches.json", name).GetProperty("batches").EnumerateArray())
        {
            Assert.True(RecordBatch.TryRead(rest, out var entry, out var size));
            Assert.Equal(expected.GetProperty("size").GetInt32(), size);
            Assert.Equal(expected.GetProperty("crc").GetUInt32(), entry.Crc12());
            Assert.Equal(expected.GetProperty("valid").GetBoolean(), OldMessage.IsEntryCrcValid(entry.Bytes));
            Assert.Equal(expected.GetProperty("timestampType").GetString(), Name(OldMessage.TimestampTypeOf(entry.Bytes)));
            using var reader = new OldMessageReader(entry.Bytes);
            foreach (var wanted in expected.GetProperty("records").EnumerateArray())
            {
                Assert.True(reader.MoveNext());
                var message = reader.Current;
                Assert.True(message.IsCrcValid);
                Assert.Equal(wanted.GetProperty("offset").GetInt64(), message.Offset);
                Assert.Equal(wanted.GetProperty("timestamp").GetInt64(), message.TimestampMs);
                GoldenBatchTests.AssertBytes(wanted.GetProperty("key"), message.Key, message.HasKey);
                GoldenBatchTests.AssertBytes(wanted.GetProperty("value"), message.Value, message.HasValue);
            }

            Assert.False(reader.MoveNext());
            rest = rest[size..];
        }
    }

    [Theory]
    [MemberData(nameof(Converted))]
    public void A_leader_turns_an_old_set_into_the_recorded_batch(string name)
    {
        var expected = GoldenWire.Batch($"v2-from-{name}");
        Assert.True(RecordBatch.TryRead(expected, out var wanted, out _));
        var validation = RecordValidator.Validate(GoldenWire.Batch(name), Rules with { Compression = wanted.Codec }, NowMs);
        Assert.Equal(ErrorCode.None, validation.Error);
        var made = validation.Rewritten!;
        RecordBatch.SetBaseOffset(made, 500);
        RecordBatch.SetPartitionLeaderEpoch(made, 11);
        if (wanted.Codec == CompressionCodec.None)
        {
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(made));
        }

        Assert.True(RecordBatch.TryRead(made, out var batch, out _));
        Assert.True(batch.IsCrcValid());
        Assert.Equal(wanted.Attributes, batch.Attributes);
        Assert.Equal(wanted.BaseTimestamp, batch.BaseTimestamp);
        Assert.Equal(wanted.MaxTimestamp, batch.MaxTimestamp);
        Assert.Equal(Unpacked(wanted), Unpacked(batch));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_wrong_checksum_anywhere_in_an_old_set_refuses_all_of_it(byte magic)
    {
        var good = Message(magic, 0, "a");
        var bad = Message(magic, 1, "b");
        bad[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, RecordValidator.Validate([.. good, .. bad], Rules, NowMs).Error);
        Assert.Equal(ErrorCode.None, RecordValidator.Validate(good, Rules, NowMs).Error);
    }

    [Fact]
    public void A_packed_old_message_stands_alone_in_its_set()
    {
        var packed = Packed(1, Message(1, 0, "a"));
        Assert.Equal(ErrorCode.None, RecordValidator.Validate(packed, Rules, NowMs).Error);
        Assert.Equal(ErrorCode.InvalidRecord, RecordValidator.Validate([.. packed, .. packed], Rules, NowMs).Error);
        Assert.Equal(ErrorCode.InvalidRecord, RecordValidator.Validate([.. packed, .. Message(1, 1, "b")], Rules, NowMs).Error);
        Assert.Equal(ErrorCode.InvalidRecord, RecordValidator.Validate([.. Message(1, 0, "b"), .. packed], Rules, NowMs).Error);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Messages_of_another_magic_are_not_packed_in_an_old_one(byte magic, byte within) =>
        Assert.Equal(ErrorCode.InvalidRecord, RecordValidator.Validate(Packed(magic, Message(within, 0, "a")), Rules, NowMs).Error);

    [Fact]
    public void An_old_message_without_a_key_is_refused_by_a_compacted_topic() =>
        Assert.Equal(ErrorCode.InvalidRecord, RecordValidator.Validate(Message(1, 0, "a"), Rules with { KeyRequired = true }, NowMs).Error);

    [Theory]
    [InlineData(0, CompressionCodec.None)]
    [InlineData(1, CompressionCodec.None)]
    [InlineData(0, CompressionCodec.Gzip)]
    [InlineData(1, CompressionCodec.Gzip)]
    [InlineData(1, CompressionCodec.Snappy)]
    [InlineData(0, CompressionCodec.Lz4)]
    [InlineData(1, CompressionCodec.Lz4)]
    public void A_batch_given_to_an_old_consumer_keeps_offsets_keys_values_and_codec(byte magic, CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder { Codec = codec, BaseOffset = 40 };
        builder.Append(7000, [1], [2], [new("name", [9])]);
        builder.Append(7005, null, [3]);
        builder.AppendAt(45, 7002, [4], null);
        using var target = new PooledBytes();
        Assert.Equal(ErrorCode.None, OldMessageSet.Convert(builder.BuildArray(), magic, 0, target));
        var found = new List<string>();
        var rest = target.WrittenSpan;
        for (; RecordBatch.TryRead(rest, out var entry, out var size); rest = rest[size..])
        {
            Assert.Equal(codec, OldMessage.CodecOf(entry.Bytes));
            if (codec != CompressionCodec.None)
            {
                Assert.Equal(45, entry.BaseOffset);
            }

            using var reader = new OldMessageReader(entry.Bytes);
            while (reader.MoveNext())
            {
                var message = reader.Current;
                Assert.True(message.IsCrcValid);
                found.Add($"{message.Offset} {message.TimestampMs} {Text(message.Key, message.HasKey)} {Text(message.Value, message.HasValue)}");
            }
        }

        Assert.True(rest.IsEmpty);
        long[] times = magic == 0 ? [-1, -1, -1] : [7000, 7005, 7002];
        Assert.Equal([$"40 {times[0]} 01 02", $"41 {times[1]} null 03", $"45 {times[2]} 04 null"], found);
    }

    [Fact]
    public void An_old_consumer_is_not_shown_markers_and_is_told_that_zstd_is_beyond_it()
    {
        using var target = new PooledBytes();
        Assert.Equal(ErrorCode.None, OldMessageSet.Convert(ControlRecord.EndTransaction(true, 1, 0, 0, 5), 1, 0, target));
        Assert.Equal(0, target.Length);
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Zstd };
        builder.Append(1, null, [1]);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, OldMessageSet.Convert(builder.BuildArray(), 1, 0, target));
    }

    [Fact]
    public void An_old_consumer_in_the_middle_of_a_plain_batch_gets_the_rest_of_it()
    {
        using var builder = new RecordBatchBuilder();
        for (byte i = 0; i < 3; i++)
        {
            builder.Append(1, null, [i]);
        }

        using var target = new PooledBytes();
        OldMessageSet.Convert(builder.BuildArray(), 1, 1, target);
        Assert.True(RecordBatch.TryRead(target.WrittenSpan, out var first, out var size));
        Assert.Equal(1, first.BaseOffset);
        Assert.Equal(2 * size, target.Length);
    }

    private static byte[] Message(byte magic, long offset, string value)
    {
        using var target = new PooledBytes();
        OldMessageSet.Write(target, offset, magic, 0, 1_700_000_000_000, default, false, System.Text.Encoding.UTF8.GetBytes(value), true);
        return target.WrittenSpan.ToArray();
    }

    private static byte[] Packed(byte magic, byte[] messages)
    {
        using var packed = new PooledBytes();
        Compression.Compress(CompressionCodec.Gzip, messages, packed);
        using var target = new PooledBytes();
        OldMessageSet.Write(target, 0, magic, (byte)CompressionCodec.Gzip, 1_700_000_000_000, default, false, packed.WrittenSpan, true);
        return target.WrittenSpan.ToArray();
    }

    private static string Unpacked(RecordBatch batch)
    {
        using var target = new PooledBytes();
        Compression.Decompress(batch.Codec, batch.RecordsPayload, target);
        return Convert.ToHexString(target.WrittenSpan);
    }

    private static string Text(ReadOnlySpan<byte> bytes, bool present) => present ? Convert.ToHexString(bytes) : "null";

    private static string Name(TimestampType type) => type == TimestampType.NoTimestamp ? "NoTimestampType" : type.ToString();
}

internal static class OldEntries
{
    /// <summary>The checksum where old formats have it.</summary>
    internal static uint Crc12(this RecordBatch entry) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(entry.Bytes[12..]);
}

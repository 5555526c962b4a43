using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ouzel.Protocol.Records;
using Record = Ouzel.Protocol.Records.Record;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>Every recorded file of magic 2: what a decoder must find in it, and writing it back.</summary>
public sealed class GoldenBatchTests
{
    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (var file in GoldenWire.Json("batches/batches.json").GetProperty("files").EnumerateArray())
        {
            if (file.GetProperty("batches").EnumerateArray().All(b => b.GetProperty("magic").GetInt32() == 2))
            {
                files.Add(file.GetProperty("file").GetString()!);
            }
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_recorded_file_reads_as_its_catalogue_says(string name)
    {
        var file = GoldenWire.BatchFile("batches.json", name);
        ReadOnlySpan<byte> bytes = GoldenWire.Batch(name);
        var position = 0;
        foreach (var expected in file.GetProperty("batches").EnumerateArray())
        {
            Assert.Equal(expected.GetProperty("position").GetInt32(), position);
            Assert.True(RecordBatch.TryRead(bytes[position..], out var batch, out var size));
            Assert.Equal(expected.GetProperty("size").GetInt32(), size);
            AssertHeader(expected, batch);
            AssertRecords(expected, batch);
            position += size;
        }

        Assert.Equal(file.GetProperty("validBytes").GetInt32(), position);
        Assert.Equal(BatchReadStatus.Partial, RecordBatch.Read(bytes[position..], out _, out _));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void An_uncompressed_file_is_written_back_byte_for_byte_and_a_compressed_one_reads_alike(string name)
    {
        var file = GoldenWire.BatchFile("batches.json", name);
        ReadOnlySpan<byte> bytes = GoldenWire.Batch(name);
        foreach (var expected in file.GetProperty("batches").EnumerateArray())
        {
            Assert.True(RecordBatch.TryRead(bytes[expected.GetProperty("position").GetInt32()..], out var batch, out var size));
            var written = Rewrite(batch);
            if (batch.Codec == CompressionCodec.None)
            {
                Assert.Equal(Convert.ToHexString(batch.Bytes), Convert.ToHexString(written));
                continue;
            }

            Assert.True(RecordBatch.TryRead(written, out var again, out _));
            Assert.True(again.IsCrcValid());
            Assert.Equal(batch.Attributes, again.Attributes);
            Assert.Equal(batch.MaxTimestamp, again.MaxTimestamp);
            Assert.Equal(batch.BaseTimestamp, again.BaseTimestamp);
            AssertRecords(expected, again);
        }
    }

    private static byte[] Rewrite(RecordBatch batch)
    {
        using var builder = new RecordBatchBuilder
        {
            Codec = batch.Codec,
            BaseOffset = batch.BaseOffset,
            PartitionLeaderEpoch = batch.PartitionLeaderEpoch,
            ProducerId = batch.ProducerId,
            ProducerEpoch = batch.ProducerEpoch,
            BaseSequence = batch.BaseSequence,
            IsTransactional = batch.IsTransactional,
            IsControl = batch.IsControl,
            LogAppendTimeMs = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : null,
            DeleteHorizonMs = batch.HasDeleteHorizon ? batch.DeleteHorizonMs : null,
            LastOffset = batch.LastOffset,
            MaxTimestampMs = batch.RecordCount == 0 ? batch.MaxTimestamp : null,
        };
        foreach (var record in batch.Records())
        {
            builder.AppendCopy(record, record.Offset, batch.BaseTimestamp + record.TimestampDelta);
        }

        return builder.BuildArray();
    }

    private static void AssertHeader(JsonElement expected, RecordBatch batch)
    {
        Assert.Equal(expected.GetProperty("baseOffset").GetInt64(), batch.BaseOffset);
        Assert.Equal(expected.GetProperty("lastOffset").GetInt64(), batch.LastOffset);
        Assert.Equal(expected.GetProperty("nextOffset").GetInt64(), batch.NextOffset);
        Assert.Equal(expected.GetProperty("attributes").GetInt32(), (ushort)batch.Attributes);
        Assert.Equal(expected.GetProperty("compression").GetString(), batch.Codec.ToString().ToLowerInvariant());
        Assert.Equal(expected.GetProperty("timestampType").GetString(), batch.TimestampType.ToString());
        Assert.Equal(expected.GetProperty("maxTimestamp").GetInt64(), batch.MaxTimestamp);
        Assert.Equal(expected.GetProperty("baseTimestamp").GetInt64(), batch.BaseTimestamp);
        Assert.Equal(expected.GetProperty("crc").GetUInt32(), batch.Crc);
        Assert.Equal(expected.GetProperty("valid").GetBoolean(), batch.IsCrcValid());
        Assert.Equal(expected.GetProperty("leaderEpoch").GetInt32(), batch.PartitionLeaderEpoch);
        Assert.Equal(expected.GetProperty("producerId").GetInt64(), batch.ProducerId);
        Assert.Equal(expected.GetProperty("producerEpoch").GetInt16(), batch.ProducerEpoch);
        Assert.Equal(expected.GetProperty("baseSequence").GetInt32(), batch.BaseSequence);
        Assert.Equal(expected.GetProperty("lastSequence").GetInt32(), batch.LastSequence);
        Assert.Equal(expected.GetProperty("transactional").GetBoolean(), batch.IsTransactional);
        Assert.Equal(expected.GetProperty("control").GetBoolean(), batch.IsControl);
        var horizon = expected.GetProperty("deleteHorizon");
        Assert.Equal(horizon.ValueKind == JsonValueKind.Null ? -1 : horizon.GetInt64(), batch.DeleteHorizonMs);
        Assert.Equal(expected.GetProperty("count").GetInt32(), batch.RecordCount);
    }

    private static void AssertRecords(JsonElement expected, RecordBatch batch)
    {
        using var reader = new RecordReader(batch);
        foreach (var wanted in expected.GetProperty("records").EnumerateArray())
        {
            Assert.True(reader.MoveNext());
            var record = reader.Current;
            Assert.Equal(wanted.GetProperty("offset").GetInt64(), record.Offset);
            Assert.Equal(wanted.GetProperty("timestamp").GetInt64(), record.TimestampMs);
            AssertBytes(wanted.GetProperty("key"), record.Key, record.HasKey);
            AssertBytes(wanted.GetProperty("value"), record.Value, record.HasValue);
            if (wanted.TryGetProperty("sequence", out var sequence))
            {
                Assert.Equal(sequence.GetInt32(), RecordBatch.AddSequence(batch.BaseSequence, record.OffsetDelta));
            }

            AssertHeaders(wanted, record);
            AssertControl(wanted, record);
        }

        Assert.False(reader.MoveNext());
    }

    private static void AssertHeaders(JsonElement wanted, Record record)
    {
        var headers = wanted.TryGetProperty("headers", out var listed) ? listed.EnumerateArray().ToArray() : [];
        Assert.Equal(headers.Length, record.HeaderCount);
        var i = 0;
        foreach (var header in record.Headers)
        {
            Assert.Equal(headers[i][0].GetString(), Encoding.UTF8.GetString(header.Name));
            AssertBytes(headers[i][1], header.Value, header.HasValue);
            i++;
        }

        Assert.Equal(headers.Length, i);
    }

    private static void AssertControl(JsonElement wanted, Record record)
    {
        if (wanted.TryGetProperty("control", out var type))
        {
            Assert.Equal(type.GetString()!.Replace("_", "", StringComparison.Ordinal), ControlRecord.TypeOf(record.Key).ToString(), ignoreCase: true);
        }

        if (wanted.TryGetProperty("coordinatorEpoch", out var epoch))
        {
            Assert.Equal(epoch.GetInt32(), ControlRecord.CoordinatorEpochOf(record.Value));
        }
    }

    internal static void AssertBytes(JsonElement wanted, ReadOnlySpan<byte> found, bool present)
    {
        Assert.Equal(wanted.ValueKind != JsonValueKind.Null, present);
        if (wanted.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(wanted.GetString(), Convert.ToHexStringLower(found));
        }

        if (wanted.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        Assert.Equal(wanted.GetProperty("length").GetInt32(), found.Length);
        Assert.Equal(wanted.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(found)));
    }
}

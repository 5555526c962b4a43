using System.Text.Json;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>Odd and damaged batches: what reading finds, and what a broker answers to a producer who sends them.</summary>
public sealed class DamagedBatchTests
{
    private const long NowMs = 1_790_000_000_000;

    public static TheoryData<string> Damaged() => Names("damaged.json");

    public static TheoryData<string> Good() => Names("batches.json");

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Reading_a_damaged_file_ends_where_the_catalogue_says(string name)
    {
        var file = GoldenWire.BatchFile("damaged.json", name);
        ReadOnlySpan<byte> rest = GoldenWire.Batch(name);
        foreach (var expected in file.GetProperty("batches").EnumerateArray())
        {
            var status = RecordBatch.Read(rest, out var batch, out _);
            if (status == BatchReadStatus.Damaged)
            {
                // Kafka hands out a batch too short for its header and fails on it later; here it is damaged at once.
                Assert.False(expected.GetProperty("isValid").GetBoolean());
                Assert.Equal(0, expected.GetProperty("recordsRead").GetInt32());
                return;
            }

            Assert.Equal(BatchReadStatus.Whole, status);
            var valid = batch.Magic == 2 ? batch.IsCrcValid() : OldMessage.IsEntryCrcValid(batch.Bytes);
            Assert.Equal(expected.GetProperty("isValid").GetBoolean(), valid);
            AssertOffsets(expected, batch);
            rest = rest[batch.SizeInBytes..];
        }

        var error = file.GetProperty("batchesError").ValueKind != JsonValueKind.Null;
        var end = RecordBatch.Read(rest, out _, out var size);
        Assert.True(end == (error ? BatchReadStatus.Damaged : BatchReadStatus.Partial) || (error && size > int.MaxValue), end.ToString());
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_sent_to_a_topic_gets_the_recorded_answer(string name) => AssertProduce("damaged.json", name);

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_file_sent_to_a_topic_gets_the_recorded_answer(string name) => AssertProduce("batches.json", name);

    private static void AssertProduce(string catalogue, string name)
    {
        var produce = GoldenWire.BatchFile(catalogue, name).GetProperty("produce");
        var sent = GoldenWire.Batch(name);
        var validation = RecordValidator.Validate(sent, new ValidationRules(), NowMs);
        var expected = produce.GetProperty("error").GetInt32();
        if (expected == (int)ErrorCode.TransactionalIdAuthorizationFailed)
        {
            // Decided before the records are looked at: transactional without a transactional id.
            Assert.True(RecordBatch.TryRead(sent, out var batch, out _) && batch.IsTransactional);
            return;
        }

        if (expected == -1)
        {
            Assert.Contains(validation.Error, new[] { ErrorCode.InvalidRecord, ErrorCode.CorruptMessage });
        }
        else
        {
            Assert.Equal((ErrorCode)expected, validation.Error);
        }

        Assert.Equal(expected != 0, validation.Message is not null);
        if (produce.TryGetProperty("recordErrors", out var indexes))
        {
            Assert.Equal(indexes.EnumerateArray().Select(i => i.GetInt32()), validation.RecordErrors.Select(e => e.BatchIndex));
        }

        if (expected == 0)
        {
            AssertStored(produce, sent, validation);
        }
    }

    private static void AssertStored(JsonElement produce, byte[] sent, RecordValidation validation)
    {
        byte[] copy = [.. sent];
        var stored = validation.Apply(copy);
        RecordBatch.SetPartitionLeaderEpoch(stored, 0);
        if (produce.GetProperty("storedAsSent").GetBoolean())
        {
            RecordBatch.SetPartitionLeaderEpoch(sent, 0);
            Assert.Equal(Convert.ToHexString(sent), Convert.ToHexString(stored));
            return;
        }

        Assert.Equal(produce.GetProperty("storedSize").GetInt32(), stored.Length);
        Assert.Equal(produce.GetProperty("stored").GetString(), Convert.ToHexStringLower(stored[..RecordBatch.HeaderSize]));
    }

    private static void AssertOffsets(JsonElement expected, RecordBatch batch)
    {
        var error = expected.GetProperty("recordsError").ValueKind != JsonValueKind.Null;
        var wanted = expected.GetProperty("offsets").EnumerateArray().Select(o => o.GetInt64()).ToList();
        var found = new List<long>();
        var threw = false;
        try
        {
            if (batch.Magic == 2)
            {
                foreach (var record in batch.Records())
                {
                    found.Add(record.Offset);
                }
            }
            else
            {
                ReadOld(batch.Bytes, found);
            }
        }
        catch (RecordFormatException)
        {
            threw = true;
        }
        // A batch of magic 2 that calls itself older may by chance read as one old message; its checksum says no.
        if (error && expected.GetProperty("isValid").GetBoolean())
        {
            Assert.True(threw);
        }

        if (!error)
        {
            Assert.False(threw);
        }
        // A broken stream is found when it is unpacked, before the records in front of the break are given out.
        if (!error)
        {
            Assert.Equal(wanted, found);
        }
        else if (threw)
        {
            Assert.Equal(wanted.Take(found.Count), found);
        }
    }

    private static void ReadOld(ReadOnlySpan<byte> entry, List<long> offsets)
    {
        using var reader = new OldMessageReader(entry);
        while (reader.MoveNext())
        {
            offsets.Add(reader.Current.Offset);
        }
    }

    private static TheoryData<string> Names(string catalogue) =>
        [.. GoldenWire.Json($"batches/{catalogue}").GetProperty("files").EnumerateArray().Select(f => f.GetProperty("file").GetString()!)];
}

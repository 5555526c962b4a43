using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>Batches that a leader rewrites, message sets of old formats and batches for topics with a codec of their own, in slices of any size.</summary>
public sealed class SlicedCheckTests
{
    private const long NowMs = 1_790_000_000_000;
    private const int Seeds = 300;

    private static readonly CompressionCodec?[] Wanted = [null, CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];

    [Fact]
    public void A_message_set_of_an_old_format_becomes_the_same_in_slices_as_in_one_piece()
    {
        var (good, refused) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var rules = RulesOf(random) with { OldFormatsAllowed = true, Compression = Wanted[random.Next(Wanted.Length)] };
            var sent = OldSet(random);
            var error = AssertSame(sent, rules, OneTurn.Convert(sent, rules, NowMs), random, $"seed {seed}");
            good += error == ErrorCode.None ? 1 : 0;
            refused += error != ErrorCode.None ? 1 : 0;
        }

        Assert.True(good > Seeds / 4 && refused > Seeds / 10, $"{good} were taken, {refused} refused");
    }

    [Fact]
    public void A_batch_that_is_packed_anew_becomes_the_same_in_slices_as_in_one_piece()
    {
        var (good, refused) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var codec = (CompressionCodec)random.Next(5);
            var rules = RulesOf(random) with { Compression = (CompressionCodec)(((int)codec + 1 + random.Next(4)) % 5) };
            var sent = Batch(random, codec);
            var error = AssertSame(sent, rules, OneTurn.Repack(sent, rules, NowMs), random, $"seed {seed}, {codec} to {rules.Compression}");
            good += error == ErrorCode.None ? 1 : 0;
            refused += error != ErrorCode.None ? 1 : 0;
        }

        Assert.True(good > Seeds / 4 && refused > Seeds / 10, $"{good} were taken, {refused} refused");
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip, -1)]
    [InlineData(CompressionCodec.Gzip, 1)]
    [InlineData(CompressionCodec.Gzip, 9)]
    [InlineData(CompressionCodec.Snappy, Compression.DefaultLevel)]
    [InlineData(CompressionCodec.Lz4, 9)]
    [InlineData(CompressionCodec.Lz4, 12)]
    [InlineData(CompressionCodec.Zstd, 1)]
    [InlineData(CompressionCodec.Zstd, 3)]
    [InlineData(CompressionCodec.Zstd, 9)]
    [InlineData(CompressionCodec.Zstd, 19)]
    public void Packing_in_pieces_gives_the_bytes_of_packing_at_once(CompressionCodec codec, int level)
    {
        var random = new Random(4);
        foreach (var length in (int[])[0, 1, 1000, Packer.PieceBytes - 1, Packer.PieceBytes, Packer.PieceBytes + 1, 3 * Packer.PieceBytes, 700_000, 1 << 20])
        {
            var source = Text(random, length);
            using var whole = new PooledBytes();
            Compression.Compress(codec, source, whole, level);
            using var pieces = new PooledBytes();
            using var packer = new Packer(codec, level);
            var (steps, budget) = (1, 1L);
            for (; !packer.Step(source, pieces, ref budget); budget = 1)
            {
                steps++;
            }

            // zlib looks less far ahead where a piece ends: there the bytes may be others, and unpack to the same.
            var isSame = whole.WrittenSpan.SequenceEqual(pieces.WrittenSpan) || (codec == CompressionCodec.Gzip && length > Packer.PieceBytes && Unpacked(codec, pieces).AsSpan().SequenceEqual(source));
            Assert.True(isSame, $"{length} bytes: {whole.Length} and {pieces.Length}");
            Assert.Equal(Math.Max(1, (length + Packer.PieceBytes - 1) / Packer.PieceBytes), steps);
        }
    }

    [Fact]
    public void A_wrapper_is_unpacked_checked_and_packed_in_many_slices_and_lets_go_of_everything()
    {
        var random = new Random(5);
        var sent = Entry(1, Inner(random, 1, 40, 100_000), CompressionCodec.Gzip);
        var rules = new ValidationRules { OldFormatsAllowed = true, Compression = CompressionCodec.Zstd, MessageBytesMax = 64 << 20 };
        using var rest = RecordValidator.Begin(sent, rules, NowMs, 1 << 16, out _);
        Assert.NotNull(rest);
        var (slices, held) = (1, 0L);
        for (; !rest.Step(sent, 1 << 16); slices++)
        {
            held = Math.Max(held, rest.HeldBytes);
        }

        Assert.Equal(ErrorCode.None, rest.Result.Error);
        Assert.True(slices > 40, $"{slices} slices");
        Assert.True(held > 4_000_000, $"{held} bytes held");
        Assert.Equal(0, rest.HeldBytes);
    }

    [Fact]
    public void A_check_that_is_given_up_anywhere_lets_go_of_everything()
    {
        var random = new Random(6);
        foreach (var codec in (CompressionCodec[])[CompressionCodec.Gzip, CompressionCodec.Lz4])
        {
            var sent = Entry(1, Inner(random, 1, 20, 50_000), codec);
            var rules = new ValidationRules { OldFormatsAllowed = true, Compression = CompressionCodec.Gzip, MessageBytesMax = 64 << 20 };
            for (var steps = 0; ; steps++)
            {
                var rest = RecordValidator.Begin(sent, rules, NowMs, 100_000, out _);
                var isDone = rest is null;
                for (var i = 0; i < steps && !isDone; i++)
                {
                    isDone = rest!.Step(sent, 100_000);
                }

                rest?.Dispose();
                Assert.Equal(0, rest?.HeldBytes ?? 0);
                if (isDone)
                {
                    Assert.True(steps > 5);
                    break;
                }
            }
        }
    }

    [Fact]
    public void A_message_of_a_wrapper_may_be_as_large_as_the_limit_and_no_larger()
    {
        using var inner = new PooledBytes();
        OldMessageSet.Write(inner, 0, 1, 0, NowMs, default, false, new byte[500], true);
        var sent = Entry(1, inner.WrittenSpan.ToArray(), CompressionCodec.Gzip);
        var rules = new ValidationRules { OldFormatsAllowed = true, DecompressedRecordBytesMax = inner.Length - RecordBatch.LogOverhead };
        Assert.Equal(ErrorCode.None, RecordValidator.Validate(sent, rules, NowMs).Error);
        var refused = RecordValidator.Validate(sent, rules with { DecompressedRecordBytesMax = rules.DecompressedRecordBytesMax - 1 }, NowMs);
        Assert.Equal((ErrorCode.InvalidRecord, (string?)null), (refused.Error, refused.Message));
    }

    private static byte[] Unpacked(CompressionCodec codec, PooledBytes packed)
    {
        using var target = new PooledBytes();
        Compression.Decompress(codec, packed.WrittenSpan, target);
        return target.WrittenSpan.ToArray();
    }

    private static ErrorCode AssertSame(byte[] sent, ValidationRules rules, RecordValidation whole, Random random, string told)
    {
        foreach (var slice in (long[])[long.MaxValue, 1 + random.Next(20_000), 1])
        {
            using var rest = RecordValidator.Begin(sent, rules, NowMs, slice, out var validation);
            if (rest is not null)
            {
                while (!rest.Step(sent, slice))
                {
                }

                validation = rest.Result;
            }

            Assert.True((whole.Error, whole.Message) == (validation.Error, validation.Message), $"{told}: {whole.Error} '{whole.Message}' in one piece, {validation.Error} '{validation.Message}' in slices of {slice}");
            Assert.Equal(whole.RecordErrors, validation.RecordErrors);
            Assert.Equal((whole.MaxTimestampMs, whole.TimestampType, whole.SizeBytes), (validation.MaxTimestampMs, validation.TimestampType, validation.SizeBytes));
            Assert.True(whole.Rewritten.AsSpan().SequenceEqual(validation.Rewritten), $"{told}: other bytes in slices of {slice}");
        }

        return whole.Error;
    }

    private static ValidationRules RulesOf(Random random) => new()
    {
        KeyRequired = random.Next(10) == 0,
        TimestampType = random.Next(4) == 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime,
        TimestampAfterMaxMs = random.Next(10) == 0 ? 5 : long.MaxValue,
        MessageBytesMax = random.Next(10) == 0 ? 2000 : 10 << 20,
    };

    private static byte[] OldSet(Random random)
    {
        var bytes = new List<byte>();
        var magic = (byte)random.Next(2);
        var count = random.Next(1, 4);
        for (var entries = count; entries > 0; entries--)
        {
            // Kafka takes a packed entry only alone.
            var codec = count == 1 || random.Next(20) == 0 ? (CompressionCodec)random.Next(4) : CompressionCodec.None;
            var of = random.Next(40) == 0 ? (byte)(1 - magic) : magic;
            var inner = Inner(random, of, codec == CompressionCodec.None ? 1 : random.Next(1, 30), SizeMax(random));
            bytes.AddRange(codec == CompressionCodec.None ? inner : Entry(of, Flipped(random, inner), codec, random, isLogAppendTime: of == 1 && random.Next(4) == 0));
        }

        byte[] sent = [.. bytes];
        if (random.Next(20) == 0)
        {
            sent[random.Next(RecordBatch.MagicAt + 1, sent.Length)] ^= 1;
        }

        return random.Next(20) == 0 ? sent[..random.Next(sent.Length / 2, sent.Length)] : sent;
    }

    private static byte[] Inner(Random random, byte magic, int count, int bytesMax)
    {
        using var inner = new PooledBytes();
        for (var i = 0; i < count; i++)
        {
            var hasKey = random.Next(8) != 0;
            OldMessageSet.Write(inner, i, magic, 0, NowMs + random.Next(10), Text(random, hasKey ? 10 : 0), hasKey, Text(random, random.Next(bytesMax)), random.Next(10) != 0);
        }

        return inner.WrittenSpan.ToArray();
    }

    private static byte[] Entry(byte magic, byte[] inner, CompressionCodec codec, Random? random = null, bool isLogAppendTime = false)
    {
        using var packed = new PooledBytes();
        Compression.Compress(codec, inner, packed);
        var value = random is null ? packed.WrittenSpan.ToArray() : Flipped(random, packed.WrittenSpan.ToArray());
        using var entry = new PooledBytes();
        OldMessageSet.Write(entry, random?.Next(3) ?? 0, magic, (byte)((int)codec | (isLogAppendTime ? 8 : 0)), NowMs, default, false, value, random?.Next(30) != 0);
        return entry.WrittenSpan.ToArray();
    }

    private static byte[] Batch(Random random, CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder { Codec = codec, ProducerId = random.Next(100), ProducerEpoch = 3, BaseSequence = random.Next(100), LogAppendTimeMs = random.Next(5) == 0 ? 77 : null };
        var bytesMax = SizeMax(random);
        for (var records = random.Next(1, 30); records > 0; records--)
        {
            builder.Append(NowMs + random.Next(10), random.Next(8) == 0 ? null : Text(random, 10), random.Next(10) == 0 ? null : Text(random, random.Next(bytesMax)), random.Next(4) == 0 ? [new("h", [1])] : []);
        }

        var batch = builder.BuildArray();
        if (random.Next(4) == 0)
        {
            batch[random.Next(RecordBatch.HeaderSize, batch.Length)] ^= (byte)(1 << random.Next(8));
            RecordBatch.SetCrc(batch);
        }

        return batch;
    }

    private static int SizeMax(Random random) => random.Next(10) == 0 ? 1400 : 200;

    private static byte[] Flipped(Random random, byte[] bytes)
    {
        if (random.Next(8) == 0)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }

        return bytes;
    }

    /// <summary>Neither noise nor all the same.</summary>
    private static byte[] Text(Random random, int length)
    {
        var text = new byte[length];
        for (var i = 0; i < length; i++)
        {
            text[i] = i > 40 && random.Next(4) != 0 ? text[i - 1 - random.Next(40)] : (byte)random.Next(256);
        }

        return text;
    }
}

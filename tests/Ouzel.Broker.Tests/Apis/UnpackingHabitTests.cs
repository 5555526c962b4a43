using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Apis;

public sealed class UnpackingHabitTests
{
    [Theory]
    [InlineData(CompressionCodec.None, 1_000_000, false)]
    [InlineData(CompressionCodec.Snappy, 40_000, false)]
    [InlineData(CompressionCodec.Snappy, 60_000, true)]
    [InlineData(CompressionCodec.Lz4, 4_000, false)]
    [InlineData(CompressionCodec.Lz4, 5_000, true)]
    [InlineData(CompressionCodec.Gzip, 1_000, false)]
    [InlineData(CompressionCodec.Gzip, 1_100, true)]
    [InlineData(CompressionCodec.Zstd, 100, true)]
    public void What_a_batch_may_unpack_to_is_told_by_its_codec_and_its_length(CompressionCodec codec, int length, bool isMuch)
    {
        byte[] batch = new byte[length];
        batch[22] = (byte)codec;
        Assert.Equal(isMuch, UnpackingHabit.MayBeMuch(batch));
    }

    [Fact]
    public void A_connection_is_trusted_after_eight_batches_that_took_little_time_until_one_takes_long()
    {
        var habit = new UnpackingHabit();
        for (int i = 0; i < 8; i++)
        {
            Assert.False(habit.IsTrusted);
            habit.Note(TimeSpan.FromMilliseconds(0.5));
        }

        Assert.True(habit.IsTrusted);
        habit.Note(TimeSpan.FromMilliseconds(1.5));
        Assert.False(habit.IsTrusted);
    }

    [Fact]
    public async Task Batches_that_are_checked_elsewhere_stay_in_the_order_in_which_they_were_sent()
    {
        using var node = new DataNode();
        await node.CreateTopicAsync("t");
        using WireClient client = node.Connect();
        const int Count = 30;
        for (int i = 0; i < Count; i++)
        {
            byte[] batch = i % 3 == 2 ? Batches.Of($"{i}") : Packed($"{i}");
            await client.SendAsync(ProduceTests.Request((short)(i % 2), ("t", 0, batch)), 9);
        }

        for (int i = 0; i < Count; i++)
        {
            if (i % 2 == 1)
            {
                (int id, ProduceResponse answer) = await client.ReceiveAsync<ProduceResponse>(9).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
                Assert.Equal((i + 1, (long)i), (id, answer.Responses[0].PartitionResponses[0].BaseOffset));
                Assert.Equal(ErrorCode.None, answer.Responses[0].PartitionResponses[0].ErrorCode);
            }
        }
    }

    private static byte[] Packed(string value)
    {
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Zstd };
        builder.Append(1_700_000_000_000, null, System.Text.Encoding.UTF8.GetBytes(value));
        return builder.BuildArray();
    }
}

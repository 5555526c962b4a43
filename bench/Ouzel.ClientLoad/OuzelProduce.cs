using Ouzel.Client;

namespace Ouzel.ClientLoad;

/// <summary>Ouzel.Client's producer with its defaults but for acks=1, as bench/librdkafka/produce.c has it.</summary>
internal static class OuzelProduce
{
    /// <summary>A send whose acknowledgement is awaited so many records later.</summary>
    private const int AheadMax = 20_000;

    /// <summary>Looking at the clock for each record would be measured too.</summary>
    private const int RecordsAtATime = 1000;

    private static readonly ProducerOptions Options = new() { Acks = Acks.Leader };

    /// <summary>Nobody waits for single records; the flush at the end tells whether all were written.</summary>
    public static async Task<Measure> BufferedAsync(string address, string topic, double seconds, int recordBytes)
    {
        await using var client = await OuzelClient.ConnectAsync(address);
        await using var producer = client.CreateProducer<byte[], ReadOnlyMemory<byte>>(Options);
        ReadOnlyMemory<byte> value = Payload(recordBytes);
        await RunAsync(seconds / 2);
        var mark = Measure.Begin();
        return mark.End(await RunAsync(seconds));

        async Task<long> RunAsync(double runSeconds)
        {
            var sent = 0L;
            for (var began = Measure.Begin(); began.Seconds < runSeconds; sent += RecordsAtATime)
            {
                for (var i = 0; i < RecordsAtATime; i++)
                {
                    await producer.EnqueueAsync(new ProducerRecord<byte[], ReadOnlyMemory<byte>>(topic, null, value) { Partition = 0 });
                }
            }

            await producer.FlushAsync();
            return sent;
        }
    }

    /// <summary>Each record's acknowledgement is awaited.</summary>
    public static async Task<Measure> AcknowledgedAsync(string address, string topic, double seconds, int recordBytes)
    {
        await using var client = await OuzelClient.ConnectAsync(address);
        await using var producer = client.CreateProducer<byte[], ReadOnlyMemory<byte>>(Options);
        ReadOnlyMemory<byte> value = Payload(recordBytes);
        var underWay = new Queue<ValueTask<RecordMetadata>>(AheadMax);
        await RunAsync(seconds / 2);
        var mark = Measure.Begin();
        return mark.End(await RunAsync(seconds));

        async Task<long> RunAsync(double runSeconds)
        {
            var sent = 0L;
            for (var began = Measure.Begin(); began.Seconds < runSeconds; sent += RecordsAtATime)
            {
                for (var i = 0; i < RecordsAtATime; i++)
                {
                    if (underWay.Count == AheadMax)
                    {
                        await underWay.Dequeue();
                    }

                    Remember(producer.SendAsync(new ProducerRecord<byte[], ReadOnlyMemory<byte>>(topic, null, value) { Partition = 0 }));
                }
            }

            while (underWay.TryDequeue(out var written))
            {
                await written;
            }

            return sent;
        }

        void Remember(ValueTask<RecordMetadata> written) => underWay.Enqueue(written);
    }

    public static byte[] Payload(int bytes)
    {
        var random = new Random(1);
        var value = new byte[bytes];
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = (byte)('a' + random.Next(26));
        }

        return value;
    }
}

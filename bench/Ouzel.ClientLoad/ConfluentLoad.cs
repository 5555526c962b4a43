using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Ouzel.ClientLoad;

/// <summary>Confluent.Kafka with its defaults but for acks=1, in the loops that its documentation shows.</summary>
internal static class ConfluentLoad
{
    private const int RecordsAtATime = 1000;
    private const int FullPollMs = 10;

    /// <summary>One of the libraries that came with the package, and the one that needs nothing else: another one of the machine may be older.</summary>
    private const string Native = "runtimes/linux-x64/native/centos8-librdkafka.so";

    static ConfluentLoad() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly,
        static (name, _, _) => name == "librdkafka" ? NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, Native)) : 0);

    public static Measure Produce(string address, string topic, double seconds, int recordBytes)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = address, Acks = Confluent.Kafka.Acks.Leader }).Build();
        var to = new TopicPartition(topic, 0);
        var message = new Message<Null, byte[]> { Value = OuzelProduce.Payload(recordBytes) };
        long acknowledged = 0;
        Run(seconds / 2);
        var mark = Measure.Begin();
        acknowledged = 0;
        Run(seconds);
        return mark.End(acknowledged);

        void Run(double runSeconds)
        {
            for (var began = Measure.Begin(); began.Seconds < runSeconds;)
            {
                for (var i = 0; i < RecordsAtATime; i++)
                {
                    Send();
                }
            }

            producer.Flush();
        }

        void Send()
        {
            while (true)
            {
                try
                {
                    producer.Produce(to, message, OnDelivered);
                    return;
                }
                catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(FullPollMs));
                }
            }
        }

        void OnDelivered(DeliveryReport<Null, byte[]> report)
        {
            if (!report.Error.IsError)
            {
                Interlocked.Increment(ref acknowledged);
            }
        }
    }

    public static Measure Consume(string address, string topic, long records, int passes)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = address, GroupId = "bench", EnableAutoCommit = false }).Build();
        var from = new TopicPartitionOffset(topic, 0, 0);
        consumer.Assign(from);
        Read();
        var mark = Measure.Begin();
        var bytes = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            consumer.Seek(from);
            bytes += Read();
        }

        return bytes > 0 ? mark.End(records * passes) : default;

        long Read()
        {
            var read = 0L;
            for (var seen = 0L; seen < records; seen++)
            {
                read += consumer.Consume().Message.Value.Length;
            }

            return read;
        }
    }
}

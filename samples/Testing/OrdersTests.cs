// <first>
using Confluent.Kafka;
using Ouzel.Testing;
using Xunit;

namespace Shop.Tests;

public sealed class OrdersTests
{
    [Fact]
    public async Task An_order_reaches_the_topic()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 6));

        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "order-1", Value = "42 apples" });

        Assert.Equal("order-1", Assert.Single(broker.Read("orders")).KeyText);
    }
}
// </first>

using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Ouzel.Testing;
using Xunit;

namespace Shop.Tests;

public sealed class FaultSamples
{
    [Fact]
    public async Task A_lost_response_makes_no_second_order()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));

        // <lost-response>
        var fault = broker.Faults.OnProduce("orders").DropResponse().Times(1);

        var settings = new ProducerConfig { BootstrapServers = broker.BootstrapServers, EnableIdempotence = true };
        using var producer = new ProducerBuilder<string, string>(settings).Build();
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "order-1", Value = "42 apples" });

        Assert.Equal(1, fault.Hits);
        Assert.Single(broker.Read("orders")); // sent twice, stored once
        // </lost-response>
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_loss_of_power()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));

        // <power>
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All }).Build();
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "order-1", Value = "42 apples" });

        await broker.LosePowerAsync();
        await broker.RestartAsync(); // the same disk, the same address

        Assert.Equal("order-1", Assert.Single(broker.Read("orders")).KeyText);
        // </power>
    }

    [Fact]
    public async Task Orders_are_gone_after_a_week()
    {
        // <clock>
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Time = clock;
            o.Topic("orders", 1, ("retention.ms", "604800000"));
        });
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "order-1", Value = "42 apples" });

        clock.Advance(TimeSpan.FromDays(8));
        broker.RunRetention();

        Assert.Empty(broker.Read("orders"));
        // </clock>
    }
}

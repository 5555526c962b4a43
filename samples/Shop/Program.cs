// A shop: takes orders by HTTP, writes them to a topic, and bills them as they come out of it.
//   dotnet run --project samples/Shop -- --Ouzel:BootstrapServers=localhost:9092
//   curl -d '{"Id":"order-1","Total":12.5}' -H 'Content-Type: application/json' localhost:5000/orders
using System.Text.Json.Serialization;
using Ouzel.Client;

var builder = WebApplication.CreateBuilder(args);

// <shop>
builder.Services.AddOuzel(builder.Configuration.GetSection("Ouzel"))
    .AddJson(ShopJson.Default.OrderPlaced)
    .AddProducer<string, OrderPlaced>("orders")
    .AddHandler<string, OrderPlaced, BillOrder>(group: "billing", topics: ["orders"], h => h
        .StartFrom(StartPosition.Earliest)
        .InOrderPerKey(maxConcurrency: 16)
        .Retry(attempts: 3, firstDelay: TimeSpan.FromMilliseconds(200))
        .DeadLetterTo("orders.dlq"));
builder.Services.AddHealthChecks().AddOuzel();
// </shop>

var app = builder.Build();
// <send>
app.MapPost("/orders", async (OrderPlaced order, IProducer<string, OrderPlaced> orders, CancellationToken cancellation) =>
{
    var written = await orders.SendAsync(order.Id, order, cancellation); // the partition is chosen by the key
    return Results.Accepted($"/orders/{order.Id}", new { written.Partition, written.Offset });
});
app.MapHealthChecks("/health");
// </send>
await app.RunAsync();

// <handler>
internal sealed class BillOrder(ILogger<BillOrder> log) : IRecordHandler<string, OrderPlaced>
{
    public async ValueTask HandleAsync(Record<string, OrderPlaced> record, CancellationToken cancellation)
    {
        log.LogInformation("billing {Order} at {Position}", record.Key, record.Position);
        await Billing.ChargeAsync(record.Value, cancellation); // the offset is committed only after this returns
    }
}
// </handler>

internal static class Billing
{
    /// <summary>In place of whoever takes the money.</summary>
    public static Task ChargeAsync(OrderPlaced? order, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (order is not { Total: > 0 })
        {
            throw new InvalidOperationException("An order without a price cannot be billed.");
        }

        return Console.Out.WriteLineAsync($"billed {order.Id}: {order.Total}");
    }
}

internal sealed record OrderPlaced(string Id, decimal Total);

[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class ShopJson : JsonSerializerContext;

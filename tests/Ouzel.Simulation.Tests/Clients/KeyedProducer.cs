using Ouzel.Simulation.Tests.Checks;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>Writes ever newer values of a few keys to a topic that is compacted all the time, each until it is acknowledged. Idempotent, else a repetition that is late would be the newest.</summary>
internal sealed class KeyedProducer(World world, Client client, Ledger ledger)
{
    private const int KeyCount = 4;
    private readonly int[] _next = new int[KeyCount];

    public async Task RunAsync()
    {
        var log = new LogClient(client);
        await log.BecomeProducerAsync();
        for (var sequence = 0; !world.IsHealed;)
        {
            if (client.Random.Next(10) == 0)
            {
                await log.CheckAsync(ledger);
            }

            var key = client.Random.Next(KeyCount);
            string[] values = [.. Enumerable.Range(0, client.Random.Next(1, 4)).Select(_ => $"{client.Name}k{key}:{_next[key]++}")];
            await log.WriteAsync(ledger, values, sequence);
            sequence += values.Length;
            await client.DelayMsAsync(0, 200);
        }
    }
}

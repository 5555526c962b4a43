using Ouzel.Simulation.Tests.Checks;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>Writes to a topic that keeps little, deletes records from its beginning, and reads what is left.</summary>
internal sealed class Trimmer(World world, Client client, Ledger ledger)
{
    public async Task RunAsync()
    {
        var log = new LogClient(client);
        for (var made = 0; !world.IsHealed;)
        {
            switch (client.Random.Next(8))
            {
                case 0 or 1:
                    await log.TrimAsync(ledger);
                    break;
                case 2:
                    await log.CheckAsync(ledger);
                    break;
                default:
                    string[] values = [.. Enumerable.Range(made, client.Random.Next(1, 4)).Select(n => $"{client.Name}:{n}")];
                    made += values.Length;
                    await log.WriteAsync(ledger, values, 0);
                    break;
            }

            await client.DelayMsAsync(0, 300);
        }
    }
}

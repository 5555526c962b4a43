using System.Globalization;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Deletes records from the beginning of the trimmed topic, and changes how topics roll and keep while they are written.</summary>
internal sealed class Trimmer(Run run, string name, int seed) : Worker(run, name, seed)
{
    protected override async Task StepAsync(Connection connection)
    {
        if (Random.Next(4) == 0)
        {
            await ChangeAsync(connection);
        }
        else
        {
            await DeleteAsync(connection);
        }

        await PauseAsync(150);
    }

    private async Task DeleteAsync(Connection connection)
    {
        var ledger = Run.Topics.Any(Random, l => l.IsTrimmed);
        var floor = ledger.StartFloor();
        var end = ledger.AcknowledgedEnd;
        var wanted = floor < end ? floor + Random.NextInt64(end - floor) : -1;
        var request = new DeleteRecordsRequest { TimeoutMs = 30000, Topics = [new() { Name = ledger.Topic, Partitions = [new() { PartitionIndex = ledger.Partition, Offset = wanted }] }] };
        var result = (await connection.CallAsync(request, 2)).Topics[0].Partitions[0];
        if (result.ErrorCode == ErrorCode.None)
        {
            Run.Require(result.LowWatermark >= Math.Max(floor, wanted), $"{ledger.Name} begins at {result.LowWatermark} after a deletion below {wanted} of what began at {floor}");
            ledger.StartsAt(result.LowWatermark);
        }
        else
        {
            Run.Require(IsPassing(result.ErrorCode) || result.ErrorCode == ErrorCode.OffsetOutOfRange, $"{Name}: DeleteRecords of {ledger.Name} answers {result.ErrorCode}");
        }
    }

    private async Task ChangeAsync(Connection connection)
    {
        var (topic, setting, least, most) = Random.Next(3) switch
        {
            0 => (Topics.Short, "retention.bytes", 20_000, 400_000),
            1 => (Topics.Short, "segment.ms", 50, 500),
            _ => (Topics.Keyed, "segment.ms", 50, 500),
        };
        var request = new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 2, ResourceName = topic, Configs = [new() { Name = setting, ConfigOperation = 0, Value = Random.Next(least, most).ToString(CultureInfo.InvariantCulture) }] }],
        };
        var result = (await connection.CallAsync(request, 1)).Responses[0];
        Run.Require(result.ErrorCode == ErrorCode.None || Run.IsRestless, $"{Name}: {setting} of {topic}: {result.ErrorCode} {result.ErrorMessage}");
    }
}

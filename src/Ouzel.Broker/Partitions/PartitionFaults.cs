using Microsoft.Extensions.Logging;
using Ouzel.Broker.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Partitions;

/// <summary>Unforeseen faults in the work on one partition: that partition answers with an error, the others of the request are served.</summary>
/// <remarks>Told with its stack, but a fault that comes with every request of a client is not told with every one.</remarks>
internal sealed class PartitionFaults(TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _toldAt;
    private int _untold;
    private bool _wasTold;

    /// <summary>The response to give instead.</summary>
    public ErrorCode Tell(ApiKey api, TopicPartition partition, Exception fault)
    {
        var error = fault is DiskException ? ErrorCode.KafkaStorageError : ErrorCode.UnknownServerError;
        int untold;
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (_wasTold && clock.GetElapsedTime(_toldAt, now) < Silence)
            {
                _untold++;
                return error;
            }

            (_wasTold, _toldAt, untold, _untold) = (true, now, _untold, 0);
        }

        Log.PartitionFault(log, api, partition, error, untold, fault);
        return error;
    }
}

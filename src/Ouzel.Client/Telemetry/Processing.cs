using System.Diagnostics;
using Ouzel.Client.Telemetry;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>The handling of one record, as traces and metrics see it: begun by <see cref="OuzelTelemetry"/>, ended by disposal.</summary>
public sealed class Processing : IDisposable
{
    private readonly TopicPartition _partition;
    private readonly string? _group;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private string? _errorType;
    private bool _hasEnded;

    private Processing(Activity? activity, TopicPartition partition, string? group, TimeProvider clock)
    {
        (Activity, _partition, _group, _clock) = (activity, partition, group, clock);
        _began = clock.GetTimestamp();
    }

    /// <summary>The span; null when only the duration is wanted.</summary>
    public Activity? Activity { get; }

    /// <summary>Says that the handling failed, and with what.</summary>
    public void Fail(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        _errorType = fault.GetType().FullName;
        ClientTelemetry.OnFailed(Activity, fault);
    }

    /// <summary>Ends the span and measures the duration.</summary>
    public void Dispose()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        Activity?.Dispose();
        ClientTelemetry.OnProcessed(_partition, _group, _clock.GetElapsedTime(_began), _errorType);
    }

    internal static Processing? Begin(ActivityContext sender, TopicPartition partition, long offset, string? group, TimeProvider? clock)
    {
        var span = ClientTelemetry.StartProcess(sender, partition, offset, group);
        return span is null && !ClientTelemetry.IsProcessMeasured ? null : new Processing(span, partition, group, clock ?? TimeProvider.System);
    }
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ouzel.Client.Hosting.Health;

/// <summary>Unhealthy when no broker answers or a handler cannot read; degraded while a record fails again and again: what must come behind it waits, and all of its partition once the window is full.</summary>
internal sealed class OuzelHealthCheck(OuzelClient client, IEnumerable<HandlerHealth> handlers, TimeProvider? clock = null) : IHealthCheck
{
    /// <summary>A broker that needs longer does not answer. Probes of most hosts wait so long or longer.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failure = context.Registration.FailureStatus;
        var data = new Dictionary<string, object>();
        try
        {
            var cluster = await client.Admin.Cluster.DescribeAsync(cancellationToken).WaitAsync(AnswerMax, clock ?? TimeProvider.System, cancellationToken);
            data["brokers"] = cluster.Brokers.Count;
        }
        catch (Exception fault) when (fault is KafkaException or TimeoutException)
        {
            return new HealthCheckResult(failure, $"No broker answers: {fault.Message}", fault, data);
        }

        var worst = HealthStatus.Healthy;
        List<string> reasons = [];
        foreach (var handler in handlers)
        {
            if (handler.ReadFault is { } fault)
            {
                worst = failure;
                reasons.Add($"group {handler.Group} cannot read: {fault}");
            }
            else if (handler.Failing is { } failing)
            {
                data[$"failing records of {handler.Group}"] = failing.Count;
                worst = worst > HealthStatus.Degraded ? HealthStatus.Degraded : worst;
                reasons.Add($"group {handler.Group}: {failing.First}");
            }
        }

        return new HealthCheckResult(worst, reasons.Count == 0 ? "The cluster answers and all handlers read." : string.Join("; ", reasons), null, data);
    }
}

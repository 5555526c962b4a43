using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Ouzel.Client.Hosting.Health;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>One record after another through its attempts: a bounded number at a time, waits between attempts without a place among them, and what is done with one that fails for good.</summary>
/// <param name="rules">How often, and where to.</param>
/// <param name="work">What is tried.</param>
/// <param name="letters">Null when what fails for good is passed over.</param>
/// <param name="health">Told of what does not succeed.</param>
/// <param name="clock">For the waits.</param>
/// <param name="logger">Told of what fails.</param>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for its wait handle, so it holds nothing; a record that outlives the host may still use it.")]
internal sealed class RecordAttempts(HandlerRules rules, IRecordWork work, DeadLetters? letters, HandlerHealth health, TimeProvider clock, ILogger logger)
{
    private readonly SemaphoreSlim _places = new(rules.ConcurrencyMax);

    /// <summary>Ends when the record is handled, or lies where failed ones lie.</summary>
    /// <exception cref="OperationCanceledException">The time for it is over.</exception>
    public async Task HandleAsync(Record<byte[], byte[]> raw, CancellationToken cancellation)
    {
        Exception? failure = null;
        var attempt = 1;
        for (; ; attempt++)
        {
            failure = await TryAsync(raw, cancellation);
            if (failure is null)
            {
                health.OnEnded(raw.Position);
                return;
            }

            // A record that was cancelled may end with any exception: that is no failure of it.
            cancellation.ThrowIfCancellationRequested();
            if (attempt >= rules.AttemptsMax || (failure is UnreadableRecordException && rules.AttemptsMax < int.MaxValue))
            {
                break;
            }

            var delay = rules.DelayAfter(attempt);
            HostingEvents.AttemptFailed(logger, failure, rules.Group, raw.Position, attempt, (long)delay.TotalMilliseconds);
            health.OnFailed(raw.Position, attempt, failure);
            await Task.Delay(delay, clock, cancellation);
        }

        await GiveUpAsync(raw, failure, attempt, cancellation);
        health.OnEnded(raw.Position);
    }

    private async Task<Exception?> TryAsync(Record<byte[], byte[]> raw, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            using var processing = OuzelTelemetry.BeginProcessing(raw, rules.Group, clock);
            try
            {
                await work.HandleAsync(raw, cancellation);
                return null;
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                processing?.Fail(fault);
                return fault;
            }
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task GiveUpAsync(Record<byte[], byte[]> raw, Exception failure, int attempts, CancellationToken cancellation)
    {
        if (letters is null)
        {
            HostingEvents.RecordSkipped(logger, failure, rules.Group, raw.Position, attempts);
            return;
        }

        for (var failures = 1; ; failures++)
        {
            try
            {
                await letters.WriteAsync(raw, failure, attempts, cancellation);
                HostingEvents.DeadLetterWritten(logger, failure, rules.Group, raw.Position, letters.Topic, attempts);
                return;
            }
            catch (KafkaException fault)
            {
                var delay = rules.DelayAfter(failures);
                HostingEvents.DeadLetterNotWritten(logger, fault, rules.Group, raw.Position, letters.Topic, (long)delay.TotalMilliseconds);
                health.OnFailed(raw.Position, attempts, fault);
                await Task.Delay(delay, clock, cancellation);
            }
        }
    }
}

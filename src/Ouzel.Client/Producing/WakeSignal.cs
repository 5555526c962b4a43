using System.Threading.Tasks.Sources;

namespace Ouzel.Client.Producing;

/// <summary>Wakes one waiting loop, by a call or by the clock. Calls that come while the loop works count once.</summary>
internal sealed class WakeSignal : IValueTaskSource, IDisposable
{
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isSet;
    private bool _isWaiting;

    public WakeSignal(TimeProvider clock)
    {
        _timer = clock.CreateTimer(static state => ((WakeSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isSet = true;
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
    }

    /// <summary>Ends at the next <see cref="Set"/>, at once when there was one since the last wait, or after <paramref name="timeoutMs"/>.</summary>
    public ValueTask WaitAsync(long timeoutMs)
    {
        lock (_gate)
        {
            if (_isSet || timeoutMs <= 0)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            _isWaiting = true;
            _timer.Change(timeoutMs > int.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(timeoutMs), Timeout.InfiniteTimeSpan);
            return new ValueTask(this, _core.Version);
        }
    }

    public void Dispose() => _timer.Dispose();

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

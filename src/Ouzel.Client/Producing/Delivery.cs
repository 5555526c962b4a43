using System.Threading.Tasks.Sources;

namespace Ouzel.Client.Producing;

/// <summary>The acknowledgement of one record that somebody waits for. Used again after it was taken: awaiting costs no object in the steady state.</summary>
internal sealed class Delivery(DeliveryPool pool) : IValueTaskSource<RecordMetadata>
{
    private ManualResetValueTaskSourceCore<RecordMetadata> _core = new() { RunContinuationsAsynchronously = !pool.AllowSynchronousContinuations };

    public ValueTask<RecordMetadata> Task => new(this, _core.Version);

    public void Complete(RecordMetadata written) => _core.SetResult(written);

    public void Fail(Exception fault) => _core.SetException(fault);

    RecordMetadata IValueTaskSource<RecordMetadata>.GetResult(short token)
    {
        var isDone = _core.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (isDone)
            {
                _core.Reset();
                pool.Return(this);
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RecordMetadata>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<RecordMetadata>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>Deliveries that nobody waits for at the moment.</summary>
internal sealed class DeliveryPool(bool allowSynchronousContinuations)
{
    /// <summary>More are left to the garbage collector: as many as fill the default buffer with records of 300 bytes.</summary>
    private const int KeptMax = 100_000;

    private readonly Lock _gate = new();
    private readonly Stack<Delivery> _kept = new();

    public bool AllowSynchronousContinuations => allowSynchronousContinuations;

    public Delivery Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out var kept))
            {
                return kept;
            }
        }

        return new Delivery(this);
    }

    public void Return(Delivery delivery)
    {
        lock (_gate)
        {
            if (_kept.Count < KeptMax)
            {
                _kept.Push(delivery);
            }
        }
    }
}

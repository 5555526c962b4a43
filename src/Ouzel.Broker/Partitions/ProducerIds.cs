namespace Ouzel.Broker.Partitions;

/// <summary>Hands out producer ids from blocks that the controller allots, so that no id is ever given twice in the cluster.</summary>
internal sealed class ProducerIds(Func<ValueTask<(long First, int Count)>> allocateBlock)
{
    private readonly Lock _gate = new();
    private long _next;
    private long _end;
    private Task? _allocating;

    public async ValueTask<long> NextAsync()
    {
        while (true)
        {
            Task allocating;
            lock (_gate)
            {
                if (_next < _end)
                {
                    return _next++;
                }

                if (_allocating is null || _allocating.IsCompleted)
                {
                    _allocating = AllocateAsync();
                }

                allocating = _allocating;
            }

            await allocating;
        }
    }

    private async Task AllocateAsync()
    {
        var (first, count) = await allocateBlock();
        lock (_gate)
        {
            // Id 0 is left out: what reads or compares ids tends to take it for "none".
            (_next, _end) = (Math.Max(first, 1), first + count);
        }
    }
}

namespace Ouzel.Client.Producing;

/// <summary>Batches that nobody uses at the moment, with their arrays.</summary>
/// <param name="keptMax">More are let go.</param>
/// <param name="keptBytesMax">A batch that held more, because of one large record, is let go.</param>
internal sealed class BatchPool(int keptMax, int keptBytesMax)
{
    private readonly Lock _gate = new();
    private readonly Stack<ProducerBatch> _kept = new();

    public ProducerBatch Rent()
    {
        lock (_gate)
        {
            return _kept.TryPop(out var kept) ? kept : new ProducerBatch();
        }
    }

    public void Return(ProducerBatch batch)
    {
        var keeps = batch.SizeBytes <= keptBytesMax;
        batch.Reset();
        lock (_gate)
        {
            if (keeps && _kept.Count < keptMax)
            {
                _kept.Push(batch);
                return;
            }
        }

        batch.Dispose();
    }
}

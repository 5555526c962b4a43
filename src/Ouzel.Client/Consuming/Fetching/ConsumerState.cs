using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>
/// The state that the loops of a consumer and its application share: the partitions and the records that were read ahead. Everything in it is touched under
/// <see cref="Gate"/>, which is held for moments only.
/// </summary>
internal sealed class ConsumerState
{
    private readonly Dictionary<TopicPartition, PartitionState> _partitions = [];
    private readonly LinkedList<FetchedChunk> _chunks = [];

    public Lock Gate { get; } = new();

    /// <summary>There may be something to do for the fetcher.</summary>
    public Wake Work { get; } = new();

    /// <summary>There may be something for the application, or it may be told of an end.</summary>
    public Wake Data { get; } = new();

    public IReadOnlyDictionary<TopicPartition, PartitionState> Partitions => _partitions;

    /// <summary>Bytes of records that are buffered.</summary>
    public long BufferedBytes { get; private set; }

    /// <summary>Bytes that may come with responses under way.</summary>
    public long ReservedBytes { get; set; }

    /// <summary>The fault that ended the consumer: thrown at whoever reads.</summary>
    public Exception? Fault { get; private set; }

    public bool IsClosed { get; private set; }

    public PartitionState Add(TopicPartition partition)
    {
        var state = new PartitionState(partition);
        _partitions.Add(partition, state);
        return state;
    }

    public void Remove(PartitionState state)
    {
        state.IsGone = true;
        _partitions.Remove(state.Partition);
        Drop(state);
    }

    public void Buffer(FetchedChunk chunk)
    {
        _chunks.AddLast(chunk);
        chunk.State.ChunksBuffered++;
        BufferedBytes += chunk.Bytes;
    }

    /// <summary>The oldest records that may be delivered now; those that are out of date go.</summary>
    public FetchedChunk? TakeChunk()
    {
        for (var node = _chunks.First; node is not null;)
        {
            var (chunk, next) = (node.Value, node.Next);
            if (!chunk.IsCurrent)
            {
                _chunks.Remove(node);
                Free(chunk);
            }
            else if (chunk.State is { IsPaused: false, IsRevoking: false, IsHeld: false })
            {
                _chunks.Remove(node);
                return chunk;
            }

            node = next;
        }

        return null;
    }

    /// <summary>The chunk's bytes are not needed any more.</summary>
    public void Free(FetchedChunk chunk)
    {
        BufferedBytes -= chunk.Bytes;
        chunk.State.ChunksBuffered--;
        chunk.Release();
        Work.Set();
    }

    /// <summary>Frees what is buffered of a partition, after its version was raised or it is gone.</summary>
    public void Drop(PartitionState state)
    {
        for (var node = _chunks.First; node is not null;)
        {
            var (chunk, next) = (node.Value, node.Next);
            if (chunk.State == state && !chunk.IsCurrent)
            {
                _chunks.Remove(node);
                Free(chunk);
            }

            node = next;
        }
    }

    /// <summary>The first partition with something wrong: what is thrown is forgotten, so that the next read tries again.</summary>
    public KafkaException? TakePartitionFault()
    {
        foreach (var state in _partitions.Values)
        {
            if (state.Fault is { } fault && state.ChunksBuffered == 0)
            {
                state.Fault = null;
                state.OnWorked();
                Work.Set();
                return fault;
            }
        }

        return null;
    }

    public void Fail(Exception fault)
    {
        lock (Gate)
        {
            Fault ??= fault;
        }

        Data.Set();
        Work.Set();
    }

    /// <summary>A fault that ended one enumeration and does not stand in the way of the next.</summary>
    public void ForgetFault() => Fault = Fault is KafkaException { IsFatal: true } ? Fault : null;

    /// <summary>No record is delivered any more.</summary>
    public void Close()
    {
        lock (Gate)
        {
            IsClosed = true;
        }

        Data.Set();
        Work.Set();
    }

    /// <summary>Frees everything, when no loop runs any more.</summary>
    public void Clear()
    {
        lock (Gate)
        {
            foreach (var state in _partitions.Values.ToArray())
            {
                Remove(state);
            }
        }
    }
}

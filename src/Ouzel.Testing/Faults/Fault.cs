using Ouzel.Broker.Requests;
using Ouzel.Protocol;

namespace Ouzel.Testing;

/// <summary>
/// One fault: which requests it concerns, what happens to them, how often. Made by <see cref="Faults"/>; begins when one of the verbs is called
/// (<see cref="Reply"/>, <see cref="Delay"/>, <see cref="Hold"/>, <see cref="Drop"/>, <see cref="DropResponse"/>, <see cref="CorruptBatch"/>).
/// </summary>
public sealed class Fault
{
    private readonly Faults _owner;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _hit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _clientId;
    private int _hits;
    private int _timesLeft = int.MaxValue;

    internal Fault(Faults owner, ApiKey? api, string? topic, int? partition, string? group)
    {
        _owner = owner;
        (Api, Topic, Partition, Group) = (api, topic, partition, group);
    }

    /// <summary>The number of requests it has struck so far.</summary>
    public int Hits => Volatile.Read(ref _hits);

    internal ApiKey? Api { get; }

    internal string? Topic { get; }

    internal int? Partition { get; }

    internal string? Group { get; }

    internal FaultVerb Verb { get; private set; }

    internal ErrorCode Error { get; private set; }

    internal TimeSpan Time { get; private set; }

    internal Task Released => _released.Task;

    /// <summary>Only requests of this client (client.id).</summary>
    public Fault FromClient(string clientId)
    {
        _clientId = clientId;
        return this;
    }

    /// <summary>Ends after so many requests; without this it lasts until <see cref="Remove"/>.</summary>
    public Fault Times(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (_gate)
        {
            _timesLeft = count - _hits;
        }

        return this;
    }

    /// <summary>
    /// Refuses the request with this error, and does nothing of it. Where it names partitions or topics, only the ones that the fault concerns are refused; the others are served.
    /// </summary>
    /// <exception cref="NotSupportedException">The response of that API has no place for an error that Ouzel.Testing knows of.</exception>
    public Fault Reply(ErrorCode error)
    {
        Error = error;
        if (Api is not { } api || !Refusals.Knows(api))
        {
            throw new NotSupportedException($"Reply needs an API whose errors it knows, and {Api?.ToString() ?? "every API"} is none: use Drop, Delay or Hold, or one of {string.Join(", ", Refusals.Known)}");
        }

        return Begin(FaultVerb.Reply);
    }

    /// <summary>Serves the request at once and keeps its response back for so long, on the broker's clock.</summary>
    public Fault Delay(TimeSpan time)
    {
        Time = time;
        return Begin(FaultVerb.Delay);
    }

    /// <summary>Keeps the request from being served until <see cref="Release"/>.</summary>
    public Fault Hold() => Begin(FaultVerb.Hold);

    /// <summary>Closes the connection instead of serving the request: it is lost on its way.</summary>
    public Fault Drop() => Begin(FaultVerb.Drop);

    /// <summary>Serves the request and closes the connection instead of answering: the client cannot know whether it was served.</summary>
    public Fault DropResponse() => Begin(FaultVerb.DropResponse);

    /// <summary>Fetch only: the batches of the response arrive damaged, so that their checksum is wrong. What is stored stays whole.</summary>
    public Fault CorruptBatch()
    {
        if (Api != ApiKey.Fetch)
        {
            throw new NotSupportedException("only the batches of a fetch can be corrupted: begin with OnFetch");
        }

        return Begin(FaultVerb.CorruptBatch);
    }

    /// <summary>Completes when the first request was struck.</summary>
    public Task WaitUntilHitAsync(CancellationToken cancellation = default) => _hit.Task.WaitAsync(cancellation);

    /// <summary>Lets go of what <see cref="Hold"/> or <see cref="Delay"/> keeps, and ends the fault.</summary>
    public void Release()
    {
        Remove();
        _released.TrySetResult();
    }

    /// <summary>Ends the fault. What it keeps already stays so until <see cref="Release"/>.</summary>
    public void Remove() => _owner.Remove(this);

    /// <summary>True when it concerns the request, apart from topics and partitions.</summary>
    internal bool Concerns(ApiKey api, RequestContext context, string? group) =>
        (Api is null || Api == api) && (_clientId is null || _clientId == context.ClientId) && (Group is null || Group == group);

    internal bool Concerns(string topic, int partition) => (Topic is null || Topic == topic) && (Partition is null || partition < 0 || Partition == partition);

    /// <summary>Counts a hit; false when there are none left.</summary>
    internal bool TryStrike()
    {
        lock (_gate)
        {
            if (_timesLeft <= 0)
            {
                return false;
            }

            _timesLeft--;
            _hits++;
            if (_timesLeft == 0)
            {
                _owner.Remove(this);
            }
        }

        _hit.TrySetResult();
        return true;
    }

    private Fault Begin(FaultVerb verb)
    {
        if (Verb != FaultVerb.None)
        {
            throw new InvalidOperationException($"this fault is already one of {Verb}: make another one");
        }

        Verb = verb;
        _owner.Add(this);
        return this;
    }
}

/// <summary>The effect of a fault.</summary>
internal enum FaultVerb
{
    None,
    Reply,
    Delay,
    Hold,
    Drop,
    DropResponse,
    CorruptBatch,
}

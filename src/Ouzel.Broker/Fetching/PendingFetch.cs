using System.Threading.Tasks.Sources;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Fetching;

/// <summary>
/// A fetch: what it looks at, and, when it found too little, its wait for enough bytes, for something its client should know, or for the end of its patience.
/// Used again for the next one.
/// </summary>
/// <remarks>
/// The race with appends: the look that found too little, then registering, then an append in between that nobody tells of.
/// So every partition counts its news; the counts are taken before the look and compared after registering. The same holds
/// for the bytes that are still missing: an append may count down the number that a look is about to replace.
/// Whoever tells news, or that time is over, may come late, when this object already belongs to another fetch. That one then
/// looks once more than it had to; a late end of time is told from its own by the wheel, which still holds it.
/// </remarks>
internal sealed class PendingFetch : PartitionWaiter, IValueTaskSource, IAbandonable
{
    private readonly Lock _gate = new();
    private readonly List<(FetchTarget Target, Partition? Partition)> _readable = [];
    private readonly List<(FetchTarget Target, ErrorCode Error)> _refused = [];
    private readonly List<FetchResponse.PartitionData> _found = [];
    private ManualResetValueTaskSourceCore<bool> _answer;
    private FetchPieces _pieces = null!;
    private TimingWheel? _wheel;
    private RequestContext? _context;
    private FetchLimits _limits;
    private PartitionFaults _faults = null!;
    private long _foundBytes;
    private long _availableBytes;
    private bool _endsWait;
    private bool _canGrow;
    private bool _isBehindEnd;
    private bool _isWaiting;
    private int _missing;

    public FetchPlan Plan { get; } = new();

    /// <summary>The number of answers. Like Kafka, what cannot be read at all comes behind what can.</summary>
    public int Count => _readable.Count + _refused.Count;

    /// <summary>The places below it, of those below <see cref="Count"/>, may have records.</summary>
    public int FoundCount => _found.Count;

    /// <summary>Bytes of records that the response will hold; until <see cref="Clear"/>, once it is there.</summary>
    public long FoundBytes => _foundBytes;

    /// <summary>Its connection ended while it waited: nothing was looked up for a response that nobody reads.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Adds a partition to look at, or with an error one that is only answered.</summary>
    public void Add(FetchTarget target, Partition? partition, ErrorCode error)
    {
        if (error == ErrorCode.None)
        {
            _readable.Add((target, partition));
        }
        else
        {
            _refused.Add((target, error));
        }
    }

    /// <summary>Looks once; waits only when that is not enough and <paramref name="waitMs"/> allows. Await once, then take the response's parts.</summary>
    public ValueTask RunAsync(FetchLimits limits, FetchPieces pieces, PartitionFaults faults, TimingWheel wheel, RequestContext context, int waitMs)
    {
        lock (_gate)
        {
            (_limits, _pieces, _faults, _wheel, _context) = (limits, pieces, faults, wheel, context);
            var newsSeen = NewsCount();
            Look();
            if (waitMs <= 0 || _readable.Count == 0 || IsEnough)
            {
                return default;
            }

            _answer.Reset();
            Register();
            wheel.Start(this, waitMs);
            if (!LookWhileThereIsNews(newsSeen))
            {
                _isWaiting = true;
                context.Waiting = this;
                if (!context.IsAbandoned)
                {
                    return new ValueTask(this, _answer.Version);
                }

                // The client left before there was anything to cut short.
                Look();
                _isWaiting = false;
                context.Waiting = null;
            }

            Unregister();
            return default;
        }
    }

    public override void OnNews(int bytes)
    {
        if (bytes > 0 && Interlocked.Add(ref _missing, -bytes) > 0)
        {
            return;
        }

        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            var newsSeen = NewsCount();
            DropFound();
            Look();
            if (!IsEnough && !LookWhileThereIsNews(newsSeen))
            {
                return;
            }

            EndWait();
        }

        _answer.SetResult(true);
    }

    public void Abandon(RequestContext context) => EndWaitEarly(context);

    /// <summary>The part of the response at a place below <see cref="Count"/>; the caller owns the data from now on.</summary>
    public (FetchTarget Target, FetchResponse.PartitionData Data) Take(int index)
    {
        if (index < _readable.Count)
        {
            return (_readable[index].Target, _found[index]);
        }

        var (target, error) = _refused[index - _readable.Count];
        return (target, _pieces.Part(target, error));
    }

    /// <summary>The response is made: keeps nothing of this fetch, for the next.</summary>
    public void Clear()
    {
        Plan.Clear();
        _readable.Clear();
        _refused.Clear();
        _found.Clear();
        _context = null;
        IsGivenUp = false;
    }

    /// <summary>Gives back what was found: the response is another.</summary>
    public void DropFound()
    {
        foreach (var data in _found)
        {
            _pieces.TakeBack(data);
        }

        _found.Clear();
    }

    /// <summary>Answers without the records that were found.</summary>
    public void DropRecords()
    {
        foreach (var data in _found)
        {
            if (data.Records is FileSlice slice)
            {
                data.Records = MemoryRecords.Empty;
                _pieces.TakeBack(slice);
            }
        }

        _foundBytes = 0;
    }

    void IValueTaskSource.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _answer.OnCompleted(continuation, state, token, flags);

    protected internal override void OnDue() => EndWaitEarly(null);

    /// <summary>
    /// As Kafka counts: what there is, also where this response had no room for it. And nobody waits for what cannot come: when every partition is at its limit,
    /// or stands before a batch that does not fit, more appends change nothing.
    /// </summary>
    private bool IsEnough => _endsWait || !_canGrow || Math.Max(_foundBytes, _availableBytes) >= _limits.BytesMin;

    /// <param name="context">Whose client has gone; null when time is over.</param>
    private void EndWaitEarly(RequestContext? context)
    {
        lock (_gate)
        {
            if (!_isWaiting || (context is null ? IsPending : !ReferenceEquals(context, _context)))
            {
                return;
            }

            DropFound();
            IsGivenUp = context is { Origin.IsGone: true };
            if (IsGivenUp)
            {
                _foundBytes = 0;
            }
            else
            {
                Look();
            }

            EndWait();
        }

        _answer.SetResult(true);
    }

    /// <summary>Under the lock.</summary>
    private void EndWait()
    {
        _isWaiting = false;
        _context!.Waiting = null;
        Unregister();
    }

    /// <summary>The mark that must move before this reader sees more.</summary>
    private PartitionMark? MarkOf(Partition? partition) => _limits.Isolation == FetchIsolation.LogEnd ? partition?.End : partition?.Watermark;

    private void Register()
    {
        foreach ((_, var partition) in _readable)
        {
            MarkOf(partition)?.Add(this);
        }
    }

    private void Unregister()
    {
        _wheel!.Cancel(this);
        foreach ((_, var partition) in _readable)
        {
            MarkOf(partition)?.Remove(this);
        }
    }

    /// <summary>Under the lock, after a look that found too little: looks again as long as there was news meanwhile. False when the wait begins, or goes on.</summary>
    private bool LookWhileThereIsNews(long newsSeen)
    {
        while (true)
        {
            Volatile.Write(ref _missing, _isBehindEnd ? 0 : (int)(_limits.BytesMin - Math.Max(_foundBytes, _availableBytes)));
            DropFound();
            var news = NewsCount();
            if (news == newsSeen)
            {
                return false;
            }

            newsSeen = news;
            Look();
            if (IsEnough)
            {
                return true;
            }
        }
    }

    /// <summary>Under the lock: one look at all partitions.</summary>
    private void Look()
    {
        (_foundBytes, _availableBytes, _endsWait, _canGrow, _isBehindEnd) = (0, 0, false, false, false);
        var bytesLeft = _limits.BytesMax;
        var firstBatchWhole = true;
        foreach (var (target, partition) in _readable)
        {
            var look = FetchRead.Look(_pieces, target, partition, _limits, bytesLeft, firstBatchWhole, _faults);
            var length = look.Data.Records?.Length ?? 0;
            bytesLeft = Math.Max(0, bytesLeft - length);
            firstBatchWhole &= length == 0;
            _foundBytes += length;
            _availableBytes += look.BytesAvailable;
            _endsWait |= look.EndsWait;
            _canGrow |= look.CanGrow;
            _isBehindEnd |= look.IsBehindEnd;
            _found.Add(look.Data);
        }
    }

    private long NewsCount()
    {
        long count = 0;
        foreach ((_, var partition) in _readable)
        {
            count += MarkOf(partition)?.NewsCount ?? 0;
        }

        return count;
    }
}

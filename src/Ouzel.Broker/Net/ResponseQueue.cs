using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Net;

/// <summary>The responses of one connection: they leave in the order of the requests, as many at once as are ready.</summary>
/// <remarks>
/// Handlers complete answers from any thread. Whoever completes the head of the queue sends it and everything ready behind it;
/// there is no thread of its own. While the reader has more whole requests at hand it holds the queue corked, so that their
/// answers leave in one send. The same holds for a thread that completes many, one after the other (<see cref="CompletionBurst"/>).
/// </remarks>
internal sealed class ResponseQueue(ResponseSender sender, MemoryBudget budget) : IResponsePlaces, IAfterBurst
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingResponse> _queue = new();
    private readonly List<PendingResponse> _ready = [];
    private Action? _onSent;
    private ValueTask<PendingResponse?> _sendingNow;
    private TaskCompletionSource? _roomAfter;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _rested;
    private long _charged;
    private bool _corked;
    private bool _isDeferred;
    private bool _sending;
    private bool _ended;

    /// <summary>The reason why the queue ended the connection: a handler's fault, a broken pipe; null while it lives.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The request whose turn ended the connection, if one did.</summary>
    public PendingResponse? Ending { get; private set; }

    public bool IsEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    /// <summary>Requests whose answers have not left.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count + (_sending ? 1 : 0);
            }
        }
    }

    /// <summary>Responses are on their way to the client, or wait for it to read.</summary>
    public bool IsSending
    {
        get
        {
            lock (_gate)
            {
                return _sending;
            }
        }
    }

    /// <summary>The bytes that its requests hold of <see cref="MemoryBudget.Requests"/>, until they are answered.</summary>
    public long Charged => Interlocked.Read(ref _charged);

    public void OnCharged(long bytes) => Interlocked.Add(ref _charged, bytes);

    public void OnDischarged(long bytes)
    {
        Interlocked.Add(ref _charged, -bytes);
        budget.Requests.Give(bytes);
    }

    /// <summary>Completes when another request may be taken: the bound on requests in flight. Asked by the reader only.</summary>
    /// <remarks>
    /// The wait is taken along out of the lock. The race: the reader makes it and leaves the lock; a handler elsewhere completes the head, takes the wait in
    /// <see cref="TakeReady"/> and clears the field; only then does the reader look for what it is to wait for.
    /// </remarks>
    public ValueTask RoomAsync()
    {
        TaskCompletionSource room;
        lock (_gate)
        {
            if (_queue.Count < budget.RequestsInFlightMax || _ended)
            {
                return ValueTask.CompletedTask;
            }

            _corked = false;
            _room = room = new TaskCompletionSource();
        }

        budget.OnRequestsInFlight();
        SendReady();
        return new ValueTask(room.Task);
    }

    /// <summary>Takes the next place and corks the queue until <see cref="Flush"/>.</summary>
    public void Add(PendingResponse answer)
    {
        lock (_gate)
        {
            _queue.Enqueue(answer);
            _corked = true;
        }
    }

    /// <summary>Uncorks: whatever is ready leaves now, and from here on as soon as it is ready.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _corked = false;
        }

        SendReady();
    }

    /// <summary>The client sends no more: what waits for news or for others is answered with what there is. Asked from any thread.</summary>
    /// <remarks>
    /// Abandoned outside the lock, because that completes answers. One that completes meanwhile may have been taken for another request: that one's wait ends
    /// early then, and its client asks again.
    /// </remarks>
    /// <param name="countMax">Of those that wait, in their order.</param>
    public void EndWaits(int countMax = int.MaxValue)
    {
        PendingResponse[] waiting;
        lock (_gate)
        {
            waiting = [.. _queue.Where(answer => !answer.IsComplete).Take(countMax)];
        }

        Array.ForEach(waiting, answer => answer.Abandon());
    }

    /// <summary>Waits until the handler of <paramref name="answer"/> is done. Asked by the reader only.</summary>
    public Task WhenFinished(PendingResponse answer)
    {
        lock (_gate)
        {
            if (answer.IsComplete || _ended)
            {
                return Task.CompletedTask;
            }

            answer.Finished = new TaskCompletionSource();
            return answer.Finished.Task;
        }
    }

    /// <summary>Completes when every response has left, or the connection has ended.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (_ended || (_queue.Count == 0 && !_sending))
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource();
            return _drained.Task;
        }
    }

    /// <summary>
    /// Completes when no finished answer waits to leave: the client has read them. Until then it is asked for nothing that answers from memory, else a client
    /// that never reads would have as many such answers made as requests may be in flight. Asked by the reader only.
    /// </summary>
    /// <remarks>
    /// The race: what is sent now leaves in full between the sending and the look. Then nobody sends any more and nobody is waited for. A sender that goes on
    /// takes the wait, because it stops sending and looks for it under the same lock.
    /// </remarks>
    public ValueTask RestAsync()
    {
        SendReady(evenCorked: true);
        lock (_gate)
        {
            if (!_sending || _ended)
            {
                return ValueTask.CompletedTask;
            }

            _rested = new TaskCompletionSource();
            return new ValueTask(_rested.Task);
        }
    }

    public void OnComplete(PendingResponse answer)
    {
        TaskCompletionSource? finished;
        bool tooLate, isDeferred;
        lock (_gate)
        {
            answer.IsComplete = true;
            finished = answer.Finished;
            tooLate = _ended;
            isDeferred = CompletionBurst.IsOpen && finished is null && !tooLate;
            if (isDeferred && !_isDeferred)
            {
                _isDeferred = true;
                CompletionBurst.Defer(this);
            }
        }

        if (isDeferred)
        {
            return;
        }

        if (tooLate)
        {
            answer.Release();
        }

        SendReady();

        // Last, because the reader goes on right here, on this thread.
        finished?.TrySetResult();
    }

    /// <summary>
    /// The race: another thread completes an answer while the burst that deferred this ends. It finds the mark still there, then its answer is complete before the
    /// mark goes and is seen by what is sent here; or the mark is gone, and it sends or defers by itself.
    /// </summary>
    void IAfterBurst.AfterBurst()
    {
        lock (_gate)
        {
            _isDeferred = false;
        }

        SendReady();
    }

    /// <summary>Drops everything that waits; nothing is sent any more.</summary>
    /// <remarks>
    /// Races: answers that a sender has taken are not in the queue, and it gives them back itself. One that completes after this is given back by
    /// <see cref="OnComplete"/>, which sees that it is too late. One that completes between the lock and its abandonment may have been taken for another request
    /// already: then that one's wait ends early, and its client asks again.
    /// </remarks>
    public void End(Exception? fault = null, PendingResponse? ending = null)
    {
        TaskCompletionSource? room, drained, rested;
        List<TaskCompletionSource> readers = [];
        List<PendingResponse> abandoned = [], finished = [];
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            Fault = fault;
            Ending = ending;
            foreach (var waiting in _queue)
            {
                // Under the lock: here it is still this connection's request.
                waiting.Context.Origin.IsGone = true;
                if (waiting.Finished is { } reader)
                {
                    readers.Add(reader);
                }

                (waiting.IsComplete ? finished : abandoned).Add(waiting);
            }

            _queue.Clear();
            (room, drained, rested) = (_room, _drained, _rested);
            (_room, _drained, _rested) = (null, null, null);
        }

        sender.Dispose();
        finished.ForEach(answer => answer.Release());
        abandoned.ForEach(answer => answer.Abandon());
        foreach (var reader in readers)
        {
            reader.TrySetResult();
        }

        room?.TrySetResult();
        rested?.TrySetResult();
        drained?.TrySetResult();
    }

    private void SendReady(bool evenCorked = false)
    {
        lock (_gate)
        {
            _corked &= !evenCorked;
            if (_sending || _corked || _ended || !_queue.TryPeek(out var head) || !head.IsComplete)
            {
                return;
            }

            _sending = true;
        }

        SendLoop();
    }

    /// <summary>Sends until nothing is ready. A send that has to wait goes on from <see cref="OnSent"/>: the same work as an async method's, with nothing allocated.</summary>
    private void SendLoop()
    {
        while (TakeReady() is { } room)
        {
            Keep(sender.SendAsync(_ready), room);
            if (!_sendingNow.IsCompleted)
            {
                _sendingNow.GetAwaiter().UnsafeOnCompleted(_onSent ??= OnSent);
                return;
            }

            if (!FinishSend())
            {
                return;
            }
        }
    }

    private void Keep(ValueTask<PendingResponse?> sending, TaskCompletionSource room) => (_sendingNow, _roomAfter) = (sending, room);

    /// <summary>Runs on whatever thread the send ended on, with nobody above it who could take an exception: one here would end the process.</summary>
    private void OnSent()
    {
        try
        {
            if (FinishSend())
            {
                SendLoop();
            }
        }
        catch (Exception fault)
        {
            End(fault);
        }
    }

    /// <summary>False when the connection has ended. The reader's wait for room was taken along by the sender, so <see cref="End"/> does not find it: it is ended here, however the send went.</summary>
    private bool FinishSend()
    {
        var isOver = true;
        try
        {
            var ending = _sendingNow.GetAwaiter().GetResult();
            isOver = ending is not null;
            if (isOver)
            {
                End(ending!.Fault, ending);
            }
        }
        catch (Exception fault)
        {
            // A broken pipe, or a response that could not be encoded: either way this connection is over.
            End(fault);
        }

        _roomAfter!.TrySetResult();
        return !isOver;
    }

    /// <summary>Moves what is ready to <see cref="_ready"/>; null when there is nothing, and the sender may rest.</summary>
    private TaskCompletionSource? TakeReady()
    {
        TaskCompletionSource? drained, rested;
        lock (_gate)
        {
            _ready.Clear();
            while (!_corked && _queue.TryPeek(out var head) && head.IsComplete)
            {
                _ready.Add(_queue.Dequeue());
            }

            if (_ready.Count > 0)
            {
                var room = _room ?? Nobody;
                _room = null;
                return room;
            }

            _sending = false;
            (rested, _rested) = (_rested, null);
            drained = null;
            if (_queue.Count == 0)
            {
                (drained, _drained) = (_drained, null);
            }
        }

        rested?.TrySetResult();
        drained?.TrySetResult();
        return null;
    }

    private static readonly TaskCompletionSource Nobody = new();
}

using Ouzel.Protocol;
using Ouzel.Storage;

namespace Ouzel.Broker.Coordination;

/// <summary>Answers: held until what they rest on is committed, failed when this node stops being the coordinator.</summary>
internal sealed partial class ShardRuntime<TShard>
{
    // Answers the shard gave in the present step.
    private readonly List<Reply> _outbox = [];

    // Requests the shard has not answered yet: joins and syncs that wait. At most two per member.
    private readonly HashSet<Reply> _unanswered = [];

    // Given answers, in order, each with the last offset appended before it.
    private readonly Queue<(long Offset, Reply Reply)> _uncommitted = new();

    // What goes on when it is committed, in order, each with the last offset appended before it.
    private readonly List<(long Offset, Func<ErrorCode, CoordinatorMoment, CoordinatorStep> GoOn)> _continuations = [];
    private bool _committing;
    private long _offsetLast = -1;

    private void SendResponses()
    {
        foreach (var reply in _outbox)
        {
            _unanswered.Remove(reply);

            // Also a response without records of its own rests on state whose records may not be committed yet (KAFKA-16973).
            if (_uncommitted.Count == 0 && _offsetLast < log.CommittedEnd)
            {
                reply.Release();
            }
            else
            {
                _uncommitted.Enqueue((_offsetLast, reply));
            }
        }

        _outbox.Clear();
        Continue(log.CommittedEnd - 1, ErrorCode.None);
        if (!_committing && FirstUncommitted() is { } offset)
        {
            _committing = true;
            _ = AwaitCommitAsync(offset, _epoch);
        }
    }

    private long? FirstUncommitted()
    {
        var reply = _uncommitted.TryPeek(out var given) ? given.Offset : long.MaxValue;
        var first = Math.Min(reply, _continuations.Count > 0 ? _continuations[0].Offset : long.MaxValue);
        return first == long.MaxValue ? null : first;
    }

    /// <summary>Goes on with what waited for a commit, in its turn, unless the shard is another by then.</summary>
    private void Continue(long offset, ErrorCode error)
    {
        var count = _continuations.TakeWhile(c => c.Offset <= offset).Count();
        if (count == 0)
        {
            return;
        }

        var load = _loadNumber;
        foreach (var (_, goOn) in _continuations.Take(count).ToArray())
        {
            Enqueue(() => _shard is { } shard && load == _loadNumber ? PerformAsync(shard, (_, now) => goOn(error, now)) : default);
        }

        _continuations.RemoveRange(0, count);
    }

    private async Task AwaitCommitAsync(long offset, int epoch)
    {
        ErrorCode error;
        try
        {
            error = await log.WaitCommittedAsync(offset);
        }
        catch (Exception fault)
        {
            CoordinationEvents.OperationFailed(logger, fault, name);
            error = ErrorCode.CoordinatorNotAvailable;
        }

        Enqueue(() => OnCommitted(offset, error, epoch));
    }

    private void OnCommitted(long offset, ErrorCode error, int epoch)
    {
        _committing = false;
        if (error == ErrorCode.KafkaStorageError)
        {
            GiveUpWhenOffline();
        }

        if (epoch != _epoch)
        {
            // Another leadership since: its responses wait for its own commits.
            SendResponses();
            return;
        }

        while (_uncommitted.TryPeek(out var first) && first.Offset <= offset)
        {
            _uncommitted.Dequeue();
            if (error == ErrorCode.None)
            {
                first.Reply.Release();
            }
            else
            {
                first.Reply.Fail(CoordinatorErrors.FromAppend(error));
            }
        }

        Continue(offset, CoordinatorErrors.FromAppend(error));
        SendResponses();
    }

    /// <summary>The client of a request has gone. What the shard does with the request stays; only nobody reads the response.</summary>
    private void Abandon(Reply reply)
    {
        _unanswered.Remove(reply);
        reply.Fail(ErrorCode.NotCoordinator);
    }

    /// <summary>Fails everything that waits.</summary>
    private void FailResponses(ErrorCode error)
    {
        foreach (var reply in _unanswered)
        {
            reply.Fail(error);
        }

        _unanswered.Clear();
        while (_uncommitted.TryDequeue(out var given))
        {
            given.Reply.Fail(error);
        }

        foreach (var reply in _outbox)
        {
            reply.Fail(error);
        }

        _outbox.Clear();
    }
}

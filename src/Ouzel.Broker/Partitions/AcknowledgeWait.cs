using System.Runtime.CompilerServices;
using Ouzel.Protocol;

namespace Ouzel.Broker.Partitions;

/// <summary>One append that waits to be acknowledged with acks=all. May be used again once it was let go of; its continuation is made once.</summary>
/// <remarks>
/// Two may hold it: whoever ends it, and the disk that it waited for. It is let go of when both are done, whichever is last: a leadership may be lost while the disk
/// still works. What is internal belongs to <see cref="Acknowledgements"/>.
/// </remarks>
internal abstract class AcknowledgeWait
{
    private readonly Action _onSynced;
    private Acknowledgements _owner = null!;
    private ValueTaskAwaiter<bool> _sync;
    private int _holders;

    protected AcknowledgeWait() => _onSynced = () => _owner.OnSynced(this);

    internal AcknowledgeWait? Before { get; set; }

    internal AcknowledgeWait? After { get; set; }

    /// <summary>The offset after the last record.</summary>
    internal long Offset { get; private set; }

    /// <summary>It stands in the list: nobody has ended it.</summary>
    internal bool IsListed { get; set; }

    /// <summary>Some replica in sync does not have the records yet.</summary>
    internal bool IsBehindWatermark { get; set; }

    /// <summary>The disk has not said yet what became of it.</summary>
    internal bool IsSyncing { get; set; }

    /// <summary>It is over: called once, outside all locks, by whatever ends it.</summary>
    /// <param name="error">None: acknowledged.</param>
    /// <param name="fault">What the sync threw, which nobody foresaw; null mostly.</param>
    /// <param name="isLetGo">Nobody else holds it; else <see cref="OnLetGo"/> follows.</param>
    protected internal abstract void OnEnded(ErrorCode error, Exception? fault, bool isLetGo);

    /// <summary>Nobody holds it any more.</summary>
    protected internal virtual void OnLetGo()
    {
    }

    internal void Prepare(Acknowledgements owner, long offset, in ValueTaskAwaiter<bool> sync, bool isSyncing)
    {
        (_owner, Offset, _sync, IsSyncing, IsBehindWatermark) = (owner, offset, sync, isSyncing, false);
        _holders = isSyncing ? 2 : 1;
    }

    /// <summary>From here on the disk may call, also at once.</summary>
    internal void AwaitSync() => _sync.UnsafeOnCompleted(_onSynced);

    /// <summary>Takes what the sync came to. Asked once.</summary>
    internal bool TakeSync(out Exception? fault)
    {
        fault = null;
        try
        {
            return _sync.GetResult();
        }
        catch (Exception e)
        {
            fault = e;
            return false;
        }
        finally
        {
            _sync = default;
        }
    }

    /// <summary>One holder is done; true when it was the last.</summary>
    internal bool LetGo() => Interlocked.Decrement(ref _holders) == 0;
}

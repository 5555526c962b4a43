using System.Runtime.CompilerServices;

namespace Ouzel.Broker.Partitions;

/// <summary>One append of a Produce that waits to be acknowledged. Used again; its continuation is made once.</summary>
internal sealed class AppendWait
{
    private readonly Action _onDone;
    private Appends _owner = null!;
    private int _index;
    private ValueTaskAwaiter<bool> _durable;

    public AppendWait() => _onDone = OnDone;

    /// <summary>Tells the owner when it is over, now or later.</summary>
    public void Begin(Appends owner, int index, ValueTask<bool> durable)
    {
        (_owner, _index, _durable) = (owner, index, durable.GetAwaiter());
        if (_durable.IsCompleted)
        {
            OnDone();
        }
        else
        {
            _durable.UnsafeOnCompleted(_onDone);
        }
    }

    private void OnDone()
    {
        var isDurable = false;
        Exception? fault = null;
        try
        {
            isDurable = _durable.GetResult();
        }
        catch (Exception e)
        {
            fault = e;
        }

        _durable = default;
        _owner.OnDone(_index, isDurable, fault);
    }
}

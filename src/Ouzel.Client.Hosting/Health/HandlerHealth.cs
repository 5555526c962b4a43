namespace Ouzel.Client.Hosting.Health;

/// <summary>The state of one handler: whether it can read, and which records do not succeed.</summary>
internal sealed class HandlerHealth(string group)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartitionOffset, (int Attempt, string Reason)> _failing = [];
    private string? _readFault;
    private bool _hasRead;

    public string Group => group;

    /// <summary>True when records were taken in since reading failed the last time.</summary>
    public bool HasReadSinceFault
    {
        get
        {
            lock (_gate)
            {
                return _hasRead;
            }
        }
    }

    /// <summary>The reason why it cannot read; null when it can.</summary>
    public string? ReadFault
    {
        get
        {
            lock (_gate)
            {
                return _readFault;
            }
        }
    }

    /// <summary>Records that failed and are tried again: the first one, how many there are.</summary>
    public (string First, int Count)? Failing
    {
        get
        {
            lock (_gate)
            {
                if (_failing.Count == 0)
                {
                    return null;
                }

                var (position, (attempt, reason)) = _failing.First();
                return ($"the record at {position} failed {attempt} times, the last time with: {reason}", _failing.Count);
            }
        }
    }

    /// <summary>It has its place in the group. Whether it can read is not known yet.</summary>
    public void OnAssigned()
    {
        lock (_gate)
        {
            _readFault = null;
        }
    }

    /// <summary>Records were taken in.</summary>
    public void OnRead()
    {
        lock (_gate)
        {
            (_readFault, _hasRead) = (null, true);
        }
    }

    public void OnReadFault(Exception fault)
    {
        lock (_gate)
        {
            (_readFault, _hasRead) = (fault.Message, false);
            _failing.Clear();
        }
    }

    public void OnFailed(TopicPartitionOffset position, int attempt, Exception fault)
    {
        lock (_gate)
        {
            _failing[position] = (attempt, fault.Message);
        }
    }

    public void OnEnded(TopicPartitionOffset position)
    {
        lock (_gate)
        {
            _failing.Remove(position);
        }
    }
}

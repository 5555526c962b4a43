namespace Ouzel.Client.Hosting.Tests.Support;

/// <summary>The records that the handlers of a host were given, in order, and what they do with them.</summary>
internal sealed class Seen
{
    private readonly Lock _gate = new();
    private readonly List<Record<string, string>> _records = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called with each record, once it is noted.</summary>
    public Func<Record<string, string>, CancellationToken, ValueTask> Act { get; set; } = (_, _) => ValueTask.CompletedTask;

    public List<Record<string, string>> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public List<string> Values => [.. Records.Select(r => r.Value!)];

    public ValueTask OnRecordAsync(Record<string, string> record, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _records.Add(record);
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return Act(record, cancellation);
    }

    /// <summary>Ends when what was seen is as wanted.</summary>
    public async Task UntilAsync(Func<List<Record<string, string>>, bool> isEnough)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (isEnough(_records))
                {
                    return;
                }

                more = _more.Task;
            }

            await more;
        }
    }

    public Task UntilAsync(int count) => UntilAsync(r => r.Count >= count);
}

/// <summary>Notes what it is given.</summary>
internal sealed class SeeingHandler(Seen seen) : IRecordHandler<string, string>
{
    public ValueTask HandleAsync(Record<string, string> record, CancellationToken cancellation) => seen.OnRecordAsync(record, cancellation);
}

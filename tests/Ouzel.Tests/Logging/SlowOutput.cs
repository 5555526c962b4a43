using System.Text;

namespace Ouzel.Tests.Logging;

/// <summary>An output that stalls and refuses when it is told to.</summary>
internal sealed class SlowOutput : TextWriter
{
    private readonly ManualResetEventSlim _open = new(true);
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private readonly StringBuilder _text = new();
    private readonly List<(Func<bool> IsDone, TaskCompletionSource Task)> _waits = [];
    private int _refused;

    public override Encoding Encoding => Encoding.UTF8;

    public volatile bool Refuses;

    /// <summary>Ends when a write is held.</summary>
    public Task Stalled => _stalled.Task;

    public string[] Lines
    {
        get
        {
            lock (_gate)
            {
                return _text.Length == 0 ? [] : _text.ToString().TrimEnd('\n').Split('\n');
            }
        }
    }

    public void Stall() => _open.Reset();

    public void GoOn() => _open.Set();

    public Task Saw(string text) => When(() => _text.ToString().Contains(text, StringComparison.Ordinal));

    public Task Refused(int times) => When(() => _refused >= times);

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        if (!_open.IsSet)
        {
            _stalled.TrySetResult();
            _open.Wait();
        }

        lock (_gate)
        {
            _refused += Refuses ? 1 : 0;
            _text.Append(Refuses ? "" : value);
            foreach (var (isDone, task) in _waits.Where(w => w.IsDone()))
            {
                task.TrySetResult();
            }
        }

        if (Refuses)
        {
            throw new IOException("No space left on device");
        }
    }

    private Task When(Func<bool> isDone)
    {
        var task = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (isDone())
            {
                return Task.CompletedTask;
            }

            _waits.Add((isDone, task));
        }

        return task.Task;
    }
}

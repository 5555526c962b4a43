using System.Text;

namespace Ouzel.Logging;

/// <summary>
/// Lines on their way to an output that may stall, be full or be gone. Whoever has something to say puts it into a bounded queue and goes on; one thread writes.
/// What finds no room there, and what the output refuses, is counted, and the count is written once lines get through again.
/// </summary>
internal sealed class LineWriter : IAsyncDisposable
{
    /// <summary>Lines and characters that wait for the output at most; a burst of lines fits, and memory stays small.</summary>
    public const int LinesMax = 8192;
    public const int CharsMax = 2 * 1024 * 1024;

    /// <summary>Longest time that an end waits for what is queued: whoever does not read by then does not read at all.</summary>
    public static readonly TimeSpan FinishMax = TimeSpan.FromSeconds(1);

    private const int BatchCharsMax = 32 * 1024;

    private readonly TextWriter _output;
    private readonly Func<long, string> _leftOutText;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _batch = new();

    /// <summary>Guards what follows; held for a few instructions, never while writing.</summary>
    private readonly object _gate = new();
    private readonly Queue<(string Text, long LeftOutBefore)> _queue = new();
    private long _chars;
    private long _leftOut;
    private bool _isStarted;
    private bool _isFinishing;

    /// <param name="output">Only this object's thread writes to it.</param>
    /// <param name="leftOutText">The line that says how many lines are missing.</param>
    /// <param name="clock">Bounds the wait at the end.</param>
    public LineWriter(TextWriter output, Func<long, string> leftOutText, TimeProvider clock)
    {
        _output = output;
        _leftOutText = leftOutText;
        _clock = clock;
    }

    /// <summary>Queues one line, or several with line ends between them. Never waits for the output.</summary>
    public void Add(string text)
    {
        lock (_gate)
        {
            if (_isFinishing || _queue.Count >= LinesMax || _chars + text.Length > CharsMax)
            {
                _leftOut++;
                return;
            }

            _queue.Enqueue((text, _leftOut));
            _leftOut = 0;
            _chars += text.Length;
            if (!_isStarted)
            {
                _isStarted = true;
                new Thread(Run) { IsBackground = true, Name = "log lines" }.Start();
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes no more lines and waits until those queued are written, for <see cref="FinishMax"/> at most.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isFinishing = true;
            if (!_isStarted)
            {
                return;
            }

            Monitor.Pulse(_gate);
        }

        await Task.WhenAny(_written.Task, Task.Delay(FinishMax, _clock));
    }

    private void Run()
    {
        long refused = 0;
        while (Next(out var lines, out var leftOutBefore))
        {
            var missing = refused + leftOutBefore;
            try
            {
                // A write that failed may have left half a line.
                _output.Write((missing > 0 ? $"{(refused > 0 ? "\n" : "")}{_leftOutText(missing)}\n" : "") + _batch);
                _output.Flush();
                refused = 0;
            }
            catch (Exception)
            {
                // Full, closed, gone: there is nowhere left to tell it, but lines may get through later. They are counted until then.
                refused = missing + lines;
            }
        }

        _written.TrySetResult();
    }

    /// <summary>Waits for lines and puts some into the batch: those up to the next gap.</summary>
    /// <returns>False at the end.</returns>
    private bool Next(out int lines, out long leftOutBefore)
    {
        _batch.Clear();
        lines = 0;
        leftOutBefore = 0;
        lock (_gate)
        {
            while (_queue.Count == 0 && _leftOut == 0 && !_isFinishing)
            {
                Monitor.Wait(_gate);
            }

            while (_queue.TryPeek(out var first) && (lines == 0 || (first.LeftOutBefore == 0 && _batch.Length < BatchCharsMax)))
            {
                _queue.Dequeue();
                _chars -= first.Text.Length;
                leftOutBefore += first.LeftOutBefore;
                _batch.Append(first.Text).Append('\n');
                lines++;
            }

            if (lines == 0)
            {
                (leftOutBefore, _leftOut) = (_leftOut, 0);
            }

            return lines > 0 || leftOutBefore > 0;
        }
    }
}

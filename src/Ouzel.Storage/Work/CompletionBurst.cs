namespace Ouzel.Storage.Work;

/// <summary>Work that may be done once behind many completions.</summary>
public interface IAfterBurst
{
    /// <summary>Called once for each time it was deferred, on the thread of the completions.</summary>
    void AfterBurst();
}

/// <summary>
/// Many waits that end one after the other on one thread, as those of one sync do: what each of them causes for the same connection is done once, behind the last,
/// so that its responses leave in one send. Belongs to its thread.
/// </summary>
/// <remarks>What is deferred may run code that completes more: that is a burst of its own, or none.</remarks>
public static class CompletionBurst
{
    [ThreadStatic]
    private static List<IAfterBurst>? _deferred;

    [ThreadStatic]
    private static bool _isOpen;

    /// <summary>True where completions follow each other: then a deferral waits for the last.</summary>
    public static bool IsOpen => _isOpen;

    /// <summary>Opens a burst; false within another one, which ends it.</summary>
    public static bool TryOpen() => !_isOpen && (_isOpen = true);

    /// <summary>To be done when the burst ends; asked only while one is open.</summary>
    public static void Defer(IAfterBurst later) => (_deferred ??= []).Add(later);

    /// <summary>Ends the burst and does what was deferred. A fault in one costs no other.</summary>
    /// <param name="told">Told of faults.</param>
    public static void Close(Action<string, Exception> told)
    {
        _isOpen = false;
        if (_deferred is not { Count: > 0 } deferred)
        {
            return;
        }

        _deferred = null;
        foreach (var later in deferred)
        {
            try
            {
                later.AfterBurst();
            }
            catch (Exception e)
            {
                told("what follows a sync", e);
            }
        }

        deferred.Clear();
        _deferred ??= deferred;
    }
}

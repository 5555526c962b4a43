namespace Ouzel.Protocol.Records.Codecs;

/// <summary>A few objects between two uses, so that a batch costs no new ones. Any thread may take and keep.</summary>
/// <param name="countMax">How many are kept at most.</param>
internal sealed class Spares<T>(int countMax)
    where T : class
{
    private readonly T?[] _kept = new T?[countMax];

    /// <summary>One that was kept, or null.</summary>
    public T? Take()
    {
        foreach (ref var place in _kept.AsSpan())
        {
            if (place is not null && Interlocked.Exchange(ref place, null) is { } spare)
            {
                return spare;
            }
        }

        return null;
    }

    /// <summary>Keeps it for the next who takes; false when there are enough.</summary>
    public bool Keep(T spare)
    {
        foreach (ref var place in _kept.AsSpan())
        {
            if (place is null && Interlocked.CompareExchange(ref place, spare, null) is null)
            {
                return true;
            }
        }

        return false;
    }
}

namespace Ouzel.Broker.Memory;

/// <summary>Objects of the hot path that are used again instead of being left to the garbage collector. What finds no place is left to it all the same.</summary>
/// <param name="countMax">How many are kept at most.</param>
internal sealed class Pool<T>(int countMax)
    where T : class, new()
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _free = new();

    public T Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out var item))
            {
                return item;
            }
        }

        return new T();
    }

    /// <summary>The caller forgets the object: nobody else may hold it any more.</summary>
    public void Return(T item)
    {
        lock (_gate)
        {
            if (_free.Count < countMax)
            {
                _free.Push(item);
            }
        }
    }
}

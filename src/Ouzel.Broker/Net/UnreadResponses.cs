using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Net;

/// <summary>The responses that one connection keeps in memory because its client has not read them: encoded bytes and pieces gathered from files.</summary>
/// <remarks>Little is not counted: it is part of a connection's price. Held by one sender at a time, asked by anybody.</remarks>
internal sealed class UnreadResponses(MemoryBudget budget)
{
    /// <summary>The bytes that every connection may hold without being counted.</summary>
    public const int FreeBytes = 4 * 1024;

    private int _bytes;
    private long _since;

    public int Bytes => Volatile.Read(ref _bytes);

    /// <summary>The timestamp at which the client was given the response that it has not read in full.</summary>
    public long Since => Volatile.Read(ref _since);

    public void Hold(int bytes)
    {
        if (bytes <= FreeBytes)
        {
            return;
        }

        Volatile.Write(ref _since, budget.Clock.GetTimestamp());
        Volatile.Write(ref _bytes, bytes);
        if (!budget.Responses.Charge(bytes))
        {
            budget.OnUnreadResponses();
        }
    }

    public void Release()
    {
        var bytes = Interlocked.Exchange(ref _bytes, 0);
        if (bytes > 0)
        {
            budget.Responses.Give(bytes);
        }
    }
}

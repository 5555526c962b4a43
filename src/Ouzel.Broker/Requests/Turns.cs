namespace Ouzel.Broker.Requests;

/// <summary>Cuts the response to a request of many parts into turns, so that others get the thread in between.</summary>
/// <remarks>After a turn the work goes on behind whatever waits for a thread. Requests of ordinary size are done in their first turn.</remarks>
/// <param name="partsMax">Of one turn, about a millisecond's worth.</param>
internal struct Turns(int partsMax)
{
    /// <summary>Parts that are looked up in memory.</summary>
    public const int LookedUp = 2048;

    /// <summary>Parts for which a file may be read.</summary>
    public const int Read = 128;

    private int _parts;

    /// <summary>Counts parts; true when it is the others' turn.</summary>
    public bool IsOver(int parts = 1)
    {
        _parts += parts;
        if (_parts < partsMax)
        {
            return false;
        }

        _parts = 0;
        return true;
    }
}

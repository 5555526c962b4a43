namespace Ouzel.Broker.Requests;

/// <summary>The entries of a request that its client has no right to.</summary>
internal static class DeniedItems
{
    /// <summary>Takes the denied entries out and returns them, in their order. One pass: a request may name a million.</summary>
    public static List<T> TakeDenied<T>(this List<T> asked, Predicate<T> isAllowed)
    {
        List<T> denied = [];
        asked.RemoveAll(item =>
        {
            if (isAllowed(item))
            {
                return false;
            }

            denied.Add(item);
            return true;
        });
        return denied;
    }
}

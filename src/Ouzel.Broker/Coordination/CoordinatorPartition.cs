namespace Ouzel.Broker.Coordination;

/// <summary>The partition of an internal topic that holds a group, a transactional id or a share partition.</summary>
internal static class CoordinatorPartition
{
    /// <summary>Java's hash of the text over its UTF-16 units, made positive, modulo the count. The most negative hash counts as 0.</summary>
    public static int Of(string key, int partitionCount)
    {
        var hash = 0;
        foreach (var unit in key)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}

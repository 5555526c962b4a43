namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// A check in slices, for whoever must not be held up by what a few kilobytes unpack to: <see cref="RecordValidator.Begin"/> does the first slice and gives one of
/// these when there is more to do; <see cref="Step"/> goes on until it is true; then <see cref="Result"/> is the verdict, the same whatever the slices.
/// One thread at a time; the sent bytes must stay as they are.
/// </summary>
public abstract class SlicedCheck : IDisposable
{
    /// <summary>The verdict, once <see cref="Step"/> was true.</summary>
    public RecordValidation Result { get; protected set; }

    /// <summary>The bytes that it holds until the next step.</summary>
    public abstract long HeldBytes { get; }

    /// <summary>Does about as much more as unpacking so many bytes takes; true when the verdict is there.</summary>
    /// <param name="sent">All bytes that were sent for the partition, the same with each call.</param>
    /// <param name="bytes">What a slice may unpack; one block may overdraw it.</param>
    public abstract bool Step(ReadOnlySpan<byte> sent, long bytes = long.MaxValue);

    /// <summary>Lets go of what it holds; nobody may step on after that.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it holds.</summary>
    protected abstract void Release();
}

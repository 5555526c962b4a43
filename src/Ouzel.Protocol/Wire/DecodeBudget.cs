namespace Ouzel.Protocol.Wire;

/// <summary>
/// Grants the memory that a message takes once it is decoded. A frame says little about it: two bytes may stand for an object of a hundred. The reader counts
/// what it is about to make, array by array, before it makes it, and asks here for what goes beyond what it was given free.
/// </summary>
/// <remarks>
/// <para>
/// Whoever serves strangers reads their messages with <c>new WireReader(frame, budget, freeBytes)</c>: <c>freeBytes</c> is what a request may become as part of
/// its connection's price, so that ordinary requests ask for nothing; the budget takes the rest from wherever memory is shared out, and remembers how much, to give
/// it back when the request is let go. <see cref="WireReader.DecodedBytes"/> then says what the message holds: whoever keeps messages for their next use keeps
/// only light ones.
/// </para>
/// <para>
/// A refusal ends the reading with <see cref="DecodeBudgetException"/>. Nothing of the frame is consumed by that: it may be read again from the start when there is
/// more, or the request is refused because it wants more than there can ever be.
/// </para>
/// </remarks>
public interface IDecodeBudget
{
    /// <summary>Takes so many bytes more, or takes none and says false. The reader asks in steps of <see cref="WireReader.BudgetStepBytes"/> or larger.</summary>
    bool TryTake(long bytes);
}

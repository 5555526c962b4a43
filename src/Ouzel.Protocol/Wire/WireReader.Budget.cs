using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Wire;

/// <summary>The memory that the message takes, counted before it is made; <see cref="IDecodeBudget"/> says who grants it.</summary>
public ref partial struct WireReader
{
    /// <summary>The least that a budget is asked for at a time, so that a message of many small arrays does not ask at each.</summary>
    public const int BudgetStepBytes = 16 * 1024;

    /// <summary>A list and its array, without the elements.</summary>
    private const int ListBytes = 56;

    /// <summary>A field that the schema does not know; the list of them may have twice the room it needs.</summary>
    private const int UnknownTagBytes = 2 * 24;

    private const int TextBytes = 32;

    /// <summary>The memory taken by all that was read so far, or a little less; bytes and records do not count, for they are slices of the frame.</summary>
    public readonly long DecodedBytes => _decodedBytes;

    /// <summary>Counts memory that is about to be taken. Generated readers call it for what is no array.</summary>
    /// <exception cref="DecodeBudgetException">There is none left.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Charge(long bytes)
    {
        _decodedBytes += bytes;
        if (_decodedBytes > _grantedBytes)
        {
            AskBudget();
        }
    }

    /// <summary>Counts a field that the schema does not know.</summary>
    internal void ChargeUnknownTag(bool isFirst) => Charge(isFirst ? ListBytes + (4 * UnknownTagBytes) : UnknownTagBytes);

    private void ChargeText(int length) => Charge(TextBytes + (sizeof(char) * length));

    private void AskBudget()
    {
        var bytes = Math.Max(_decodedBytes - _grantedBytes, BudgetStepBytes);
        if (_budget is null || !_budget.TryTake(bytes))
        {
            throw new DecodeBudgetException(_decodedBytes);
        }

        _grantedBytes += bytes;
    }
}

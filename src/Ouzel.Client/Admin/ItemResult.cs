using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>The outcome of one item of an administrative call. A call fails as a whole only when no broker could be asked.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/> when it went well.</param>
/// <param name="Message">What the broker says about the error, if it says anything.</param>
public record ItemResult(ErrorCode Error, string? Message)
{
    /// <summary>True when it went well.</summary>
    public bool IsOk => Error == ErrorCode.None;

    /// <summary>Turns an error into an exception.</summary>
    /// <exception cref="KafkaException">It did not go well.</exception>
    public void ThrowIfFailed()
    {
        if (!IsOk)
        {
            throw new KafkaException(Error, Message is { Length: > 0 } ? Message.TrimEnd('.') : "The broker refused it");
        }
    }
}

/// <summary>The outcome of one item, with what was asked for.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
/// <param name="Error"><see cref="ErrorCode.None"/> when it went well.</param>
/// <param name="Message">What the broker says about the error, if it says anything.</param>
/// <param name="Value">The type's default unless it went well.</param>
public sealed record ItemResult<T>(ErrorCode Error, string? Message, T? Value) : ItemResult(Error, Message)
{
    /// <summary>The value, or the error as an exception.</summary>
    /// <exception cref="KafkaException">It did not go well.</exception>
    public T ValueOrThrow()
    {
        ThrowIfFailed();
        return Value!;
    }
}

/// <summary>For results by item.</summary>
public static class ItemResults
{
    /// <summary>Turns the first error among the items into an exception that names the item.</summary>
    /// <returns>The same results.</returns>
    /// <exception cref="KafkaException">An item did not go well.</exception>
    public static IReadOnlyDictionary<TKey, TResult> ThrowIfAnyFailed<TKey, TResult>(this IReadOnlyDictionary<TKey, TResult> results)
        where TResult : ItemResult
    {
        foreach (var (key, result) in results)
        {
            if (!result.IsOk)
            {
                throw new KafkaException(result.Error, $"{key}: {(result.Message is { Length: > 0 } told ? told.TrimEnd('.') : "the broker refused it")}");
            }
        }

        return results;
    }
}

using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>A failure between this client and the cluster, as Kafka names it, and what to do about it.</summary>
/// <remarks>The message is one sentence of what happened and one of advice; <see cref="Error"/> is what a program decides by.</remarks>
public class KafkaException : Exception
{
    /// <param name="error">Kafka's code.</param>
    /// <param name="what">What happened, without a full stop.</param>
    /// <param name="cause">The fault beneath, such as a socket's.</param>
    public KafkaException(ErrorCode error, string what, Exception? cause = null)
        : base(Sentence(error, what), cause)
    {
        Error = error;
    }

    /// <summary>Kafka's code. Faults of the network have one too: <see cref="ErrorCode.NetworkException"/>, <see cref="ErrorCode.RequestTimedOut"/>.</summary>
    public ErrorCode Error { get; }

    /// <summary>The topic concerned, when there is one.</summary>
    public string? Topic { get; init; }

    /// <summary>The partition concerned, when there is one.</summary>
    public int? Partition { get; init; }

    /// <summary>The broker that said so or could not be reached, when there is one.</summary>
    public int? BrokerId { get; init; }

    /// <summary>True when the same call may succeed later. The client has tried again by itself as long as its timeout allowed.</summary>
    public bool IsRetriable => Error.IsRetriable() || Error is ErrorCode.BrokerNotAvailable;

    /// <summary>True when the object that threw is of no use any more and has to be made anew.</summary>
    public bool IsFatal { get; init; }

    private static string Sentence(ErrorCode error, string what)
    {
        var advice = ErrorAdvice.For(error);
        return advice.Length == 0 ? $"{what} ({error}, code {(short)error})." : $"{what} ({error}, code {(short)error}). {advice}";
    }
}

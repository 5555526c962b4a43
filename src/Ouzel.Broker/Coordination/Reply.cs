using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>A response that a shard gives now or in a later step. It leaves the node when everything the shard has appended by then is committed.</summary>
internal abstract class Reply
{
    /// <summary>True once the shard has given its response.</summary>
    public bool IsSet { get; protected set; }

    /// <summary>Lets the given answer go.</summary>
    public abstract void Release();

    /// <summary>Answers with an error instead, whatever the shard said or may still say.</summary>
    public abstract void Fail(ErrorCode error);
}

/// <inheritdoc/>
/// <param name="outbox">Where the reply puts itself when it is set; the runtime empties it after each step.</param>
/// <param name="failure">Makes the response that carries an error.</param>
internal sealed class Reply<T>(ICollection<Reply> outbox, Func<ErrorCode, T> failure) : Reply
{
    // Continuations are posted: whoever waits must not run on the shard's loop.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _value;

    /// <summary>The shard's answer; only meaningful once set.</summary>
    public T Value => _value!;

    /// <summary>Completes when the response is released or has failed.</summary>
    public Task<T> Task => _completion.Task;

    /// <summary>Gives the response. The first one counts.</summary>
    public void Set(T value)
    {
        if (IsSet)
        {
            return;
        }

        IsSet = true;
        _value = value;
        outbox.Add(this);
    }

    /// <summary>Gives an error as the response.</summary>
    public void SetError(ErrorCode error) => Set(failure(error));

    public override void Release() => _completion.TrySetResult(_value!);

    public override void Fail(ErrorCode error)
    {
        IsSet = true;
        try
        {
            _completion.TrySetResult(failure(error));
        }
        catch (Exception fault)
        {
            // Told where the response is awaited: those that wait behind this one are not to wait for ever.
            _completion.TrySetException(fault);
        }
    }
}

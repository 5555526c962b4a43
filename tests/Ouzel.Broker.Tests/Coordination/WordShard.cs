using System.Text;
using Ouzel.Broker.Coordination;

namespace Ouzel.Broker.Tests.Coordination;

/// <summary>The simplest shard: the list of words in its log.</summary>
internal sealed class WordShard : ICoordinatorShard
{
    private readonly List<string> _words = [];

    public string Words => string.Join(',', _words);

    public long? NextDeadlineMs { get; private set; }

    public static CoordinatorRecord Record(string word) => new([1], Encoding.UTF8.GetBytes(word));

    public void Apply(long offset, long producerId, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value)
    {
        if (key is not { Length: 1, Span: [1] })
        {
            throw new InvalidDataException("no word");
        }

        var word = Encoding.UTF8.GetString(value!.Value.Span);
        _words.Add(producerId < 0 ? word : $"{word}@{producerId}");
    }

    public void ApplyMarker(long producerId, bool commit) => _words.Add($"{(commit ? "commit" : "abort")}@{producerId}");

    /// <summary>Said once it is loaded and that is committed.</summary>
    public string? StartsWith { get; init; }

    public CoordinatorStep OnLoaded(CoordinatorMoment now) =>
        StartsWith is { } word ? new CoordinatorStep(null) { OnCommitted = (_, _) => new CoordinatorStep([Record(word)]) } : CoordinatorStep.Done;

    public CoordinatorStep Expire(CoordinatorMoment now)
    {
        NextDeadlineMs = null;
        return new CoordinatorStep([Record("woken")]);
    }

    public bool CanRecover { get; private set; }

    public bool TryRecover(CoordinatorMoment now) => CanRecover;

    /// <summary>Its end fails.</summary>
    public bool BreaksAtEnd { get; set; }

    public void Dispose()
    {
        if (BreaksAtEnd)
        {
            throw new InvalidOperationException("broken on purpose");
        }
    }

    /// <summary>Fails half way, touching nothing but what it can take back.</summary>
    public CoordinatorStep BreakAlone(Reply<string> given)
    {
        CanRecover = true;
        given.Set("said too early");
        return new CoordinatorStep([Record("kept")], _ => throw new InvalidOperationException("broken on purpose"));
    }

    public CoordinatorStep SayAll(IEnumerable<string> words, Reply<string> reply) => new([.. words.Select(Record)], error =>
    {
        reply.Set(error.ToString());
        return CoordinatorStep.Done;
    }, IsDivisible: true);

    public CoordinatorStep Say(string word, Reply<string> reply) => new([Record(word)], error =>
    {
        if (error == Protocol.ErrorCode.None)
        {
            reply.Set(string.Join(',', _words));
        }
        else
        {
            reply.SetError(error);
        }

        return CoordinatorStep.Done;
    });

    /// <summary>Says another word once the first is committed, and answers then.</summary>
    public CoordinatorStep SayThen(string word, string then, Reply<string> reply) => new([Record(word)])
    {
        OnCommitted = (error, _) =>
        {
            if (error == Protocol.ErrorCode.None)
            {
                return Say(then, reply);
            }

            reply.SetError(error);
            return CoordinatorStep.Done;
        },
    };

    public CoordinatorStep Read(Reply<string> reply)
    {
        reply.Set(string.Join(',', _words));
        return CoordinatorStep.Done;
    }

    public CoordinatorStep WakeAt(long ms, Reply<string> reply)
    {
        NextDeadlineMs = ms;
        return Read(reply);
    }

    /// <summary>Answers never.</summary>
    public CoordinatorStep Wait(Reply<string> reply)
    {
        Assert.False(reply.IsSet);
        return CoordinatorStep.Done;
    }

    public CoordinatorStep Break()
    {
        _words.Clear();
        throw new InvalidOperationException("broken on purpose");
    }
}

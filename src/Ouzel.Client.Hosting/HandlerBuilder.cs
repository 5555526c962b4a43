using Ouzel.Client.Hosting.Handling;

namespace Ouzel.Client;

/// <summary>
/// The rules of a handler: where it begins, what it handles at once, what becomes of records that it cannot handle. Unless told otherwise it reads what is written from now on, handles one record after the other,
/// and tries one that fails again until it succeeds.
/// </summary>
public sealed class HandlerBuilder
{
    /// <summary>Attempts when there is a place for what fails and <see cref="Retry"/> does not say.</summary>
    private const int AttemptsDefault = 3;

    private StartPosition _start = StartPosition.Latest;
    private int _concurrencyMax = 1;
    private bool _isOrderedByKey;
    private int? _attempts;
    private TimeSpan _firstDelay = TimeSpan.FromMilliseconds(200);
    private TimeSpan _delayMax = TimeSpan.FromMinutes(1);
    private string? _deadLetterTopic;
    private bool _skips;
    private TimeSpan _drainTimeout = TimeSpan.FromSeconds(10);
    private int _windowMax = 1000;

    internal HandlerBuilder()
    {
    }

    /// <summary>Reads from there when the group has committed nothing, or the offset is gone.</summary>
    public HandlerBuilder StartFrom(StartPosition position)
    {
        if (position.IsNone)
        {
            throw new ArgumentException("A handler has to begin somewhere: Earliest, Latest, Ago or At.", nameof(position));
        }

        _start = position;
        return this;
    }

    /// <summary>Handles up to so many records at once; those of one partition that have equal keys one after the other, in order. Records without a key count as having the same.</summary>
    public HandlerBuilder InOrderPerKey(int maxConcurrency)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxConcurrency);
        (_concurrencyMax, _isOrderedByKey) = (maxConcurrency, true);
        return this;
    }

    /// <summary>Handles up to so many records at once, those of one partition one after the other, in order.</summary>
    public HandlerBuilder InOrderPerPartition(int maxConcurrency)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxConcurrency);
        (_concurrencyMax, _isOrderedByKey) = (maxConcurrency, false);
        return this;
    }

    /// <summary>Tries a record that fails again. Others go on meanwhile, except those that must come behind it, and those of its partition that lie beyond the <see cref="Window"/>.</summary>
    /// <param name="attempts">The first one included; null for no end. A bound needs <see cref="DeadLetterTo"/> or <see cref="SkipFailed"/>.</param>
    /// <param name="firstDelay">Before the second attempt; doubled before each further one. 200 ms unless told.</param>
    /// <param name="maxDelay">The longest delay. A minute unless told.</param>
    public HandlerBuilder Retry(int? attempts = null, TimeSpan? firstDelay = null, TimeSpan? maxDelay = null)
    {
        if (attempts is { } bound)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound, nameof(attempts));
        }

        _attempts = attempts;
        _firstDelay = firstDelay ?? _firstDelay;
        _delayMax = maxDelay ?? (_firstDelay > _delayMax ? _firstDelay : _delayMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(_firstDelay, TimeSpan.Zero, nameof(firstDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(_delayMax, _firstDelay, nameof(maxDelay));
        return this;
    }

    /// <summary>Writes a record that failed at all attempts, or cannot be decoded, to this topic, with headers that say where it came from and why; then it counts as handled.</summary>
    public HandlerBuilder DeadLetterTo(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        _deadLetterTopic = topic;
        return this;
    }

    /// <summary>Passes over a record that failed at all attempts, or cannot be decoded. It stands in the log as an error, and nowhere else.</summary>
    public HandlerBuilder SkipFailed()
    {
        _skips = true;
        return this;
    }

    /// <summary>Gives records that have been begun so long when the host stops or their partition goes to another member; then they are cancelled. 10 seconds unless told.</summary>
    public HandlerBuilder DrainWithin(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        _drainTimeout = timeout;
        return this;
    }

    /// <summary>
    /// Lets so many records of a partition lie between the first that is not handled yet and the last that was read, and at most one batch of 100 more: the bound of memory. A partition
    /// whose window is full is not read until half of it is free; others go on. 1000 unless told.
    /// </summary>
    public HandlerBuilder Window(int maxRecords)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        _windowMax = maxRecords;
        return this;
    }

    internal HandlerRules Build(string group, IReadOnlyCollection<string> topics)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        if (topics.Count == 0)
        {
            throw new ArgumentException($"The handler of group {group} needs at least one topic.", nameof(topics));
        }

        if (_deadLetterTopic is not null && _skips)
        {
            throw new ArgumentException($"The handler of group {group} is told both DeadLetterTo and SkipFailed: choose one.");
        }

        if (_deadLetterTopic is not null && topics.Contains(_deadLetterTopic))
        {
            throw new ArgumentException($"The handler of group {group} reads its own dead letters: choose another topic than {_deadLetterTopic}.");
        }

        var hasPlace = _deadLetterTopic is not null || _skips;
        if (_attempts is not null && !hasPlace)
        {
            throw new ArgumentException($"The handler of group {group} has {_attempts} attempts and no place for what fails at all of them: add DeadLetterTo or SkipFailed, or leave the number out.");
        }

        return new HandlerRules(
            group, [.. topics.Distinct(StringComparer.Ordinal)], _start, _concurrencyMax, _isOrderedByKey, hasPlace ? _attempts ?? AttemptsDefault : int.MaxValue, _firstDelay, _delayMax, _deadLetterTopic,
            _drainTimeout, _windowMax);
    }
}

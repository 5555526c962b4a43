namespace Ouzel.Storage.Tests.Support;

/// <summary>A clock that goes when the test says so.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _nowMs = 1;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Volatile.Read(ref _nowMs);

    public void Advance(long ms) => Interlocked.Add(ref _nowMs, ms);
}

namespace Ouzel.Broker;

/// <summary>The node's source of random numbers for many threads. <see cref="Random"/> itself breaks when two threads use it at once.</summary>
#pragma warning disable RS0030 // The base class wants a seed; every number comes from the source.
internal sealed class SharedRandom(Random source) : Random(0)
#pragma warning restore RS0030
{
    private readonly Lock _gate = new();

    public override int Next()
    {
        lock (_gate)
        {
            return source.Next();
        }
    }

    public override int Next(int maxValue)
    {
        lock (_gate)
        {
            return source.Next(maxValue);
        }
    }

    public override int Next(int minValue, int maxValue)
    {
        lock (_gate)
        {
            return source.Next(minValue, maxValue);
        }
    }

    public override long NextInt64()
    {
        lock (_gate)
        {
            return source.NextInt64();
        }
    }

    public override long NextInt64(long maxValue)
    {
        lock (_gate)
        {
            return source.NextInt64(maxValue);
        }
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        lock (_gate)
        {
            return source.NextInt64(minValue, maxValue);
        }
    }

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        lock (_gate)
        {
            source.NextBytes(buffer);
        }
    }

    public override double NextDouble()
    {
        lock (_gate)
        {
            return source.NextDouble();
        }
    }

    protected override double Sample() => NextDouble();
}

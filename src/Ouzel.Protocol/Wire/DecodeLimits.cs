namespace Ouzel.Protocol.Wire;

/// <summary>The most that one message may hold, whatever its bytes are. Anything beyond is a <see cref="WireFormatException"/>, as Kafka 4.4 has it.</summary>
public static class DecodeLimits
{
    /// <summary>Elements of one array, in every form of array; so many are read. Kafka's.</summary>
    public const int ElementsMax = 1_000_000;

    /// <summary>Tagged fields of one section, of a header, a body or a structure; so many are read. Kafka's.</summary>
    public const int TaggedFieldsMax = 10_000;
}

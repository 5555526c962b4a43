using System.Collections;
using System.Reflection;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>Fills messages at random with what a version can carry.</summary>
internal sealed class RandomMessage(Random random, short version, bool flexible)
{
    private const int DepthMax = 3;
    private const int UnknownTagFirst = 100;
    private static readonly string[] Texts = ["", "a", "orders", "ключ", "日本語", "🙂", new string('x', 127), new string('y', 300)];

    public static IWireMessage Of(MessageType type, short version, int seed)
    {
        var message = type.Create();
        new RandomMessage(new Random(seed), version, type.IsFlexible(version)).Fill(message, 0);
        return message;
    }

    private void Fill(object target, int depth)
    {
        foreach (var field in MessageType.Fields(target.GetType()))
        {
            if (random.Next(5) == 0 || !Versions.In(field).Contains(version))
            {
                continue;
            }

            var mayBeNull = Versions.NullIn(field).Contains(version);
            field.SetValue(target, mayBeNull && random.Next(3) == 0 ? null : Value(field.PropertyType, depth));
        }
        // A structure that stands at its defaults may not be null where the version does not allow it.
        foreach (var field in MessageType.Fields(target.GetType()))
        {
            if (field.GetValue(target) is null && Versions.In(field).Contains(version) && !Versions.NullIn(field).Contains(version))
            {
                field.SetValue(target, Value(field.PropertyType, depth));
            }
        }

        if (flexible && random.Next(4) == 0)
        {
            target.GetType().GetProperty("UnknownTags")!.SetValue(target, Tags());
        }
    }

    private List<UnknownTag> Tags()
    {
        var tags = new List<UnknownTag>();
        for (var tag = UnknownTagFirst + random.Next(9000); tags.Count < 3; tag += 1 + random.Next(99))
        {
            tags.Add(new UnknownTag(tag, Bytes()));
        }

        return tags;
    }

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(4) == 0 ? random.Next(300) : random.Next(8)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A value of a type without parts; null for lists and structures.</summary>
    private object? Scalar(Type type) => type switch
    {
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(sbyte) => (sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue + 1),
        _ when type == typeof(short) => (short)random.Next(short.MinValue, short.MaxValue + 1),
        _ when type == typeof(ErrorCode) => (ErrorCode)random.Next(-1, 137),
        _ when type == typeof(ushort) => (ushort)random.Next(ushort.MaxValue + 1),
        _ when type == typeof(int) => random.Next(3) == 0 ? random.Next(16) : random.Next(int.MinValue, int.MaxValue),
        _ when type == typeof(uint) => (uint)random.NextInt64(uint.MaxValue),
        _ when type == typeof(long) => random.NextInt64(long.MinValue, long.MaxValue),
        _ when type == typeof(double) => random.NextDouble() * 1e9,
        _ when type == typeof(string) => Texts[random.Next(Texts.Length)],
        _ when type == typeof(Uuid) => Uuid.Random(random),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Bytes()),
        _ when type == typeof(RecordsData) => new MemoryRecords(Bytes()),
        _ => null,
    };

    private object Value(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Scalar(type) is { } scalar)
        {
            return scalar;
        }

        if (type.IsGenericType)
        {
            var list = (IList)Activator.CreateInstance(type)!;
            for (var count = depth >= DepthMax ? 0 : random.Next(4); count > 0; count--)
            {
                list.Add(Value(type.GenericTypeArguments[0], depth + 1));
            }

            return list;
        }

        var structure = Activator.CreateInstance(type)!;
        Fill(structure, depth + 1);
        return structure;
    }
}

/// <summary>Versions as the attributes name them.</summary>
internal readonly record struct Versions(int Lowest, int Highest)
{
    public static Versions All => new(0, short.MaxValue);
    public static Versions None => new(0, -1);

    public bool Contains(int version) => version >= Lowest && version <= Highest;

    public static Versions Parse(string? text)
    {
        if (text is null or "none")
        {
            return None;
        }

        if (text.EndsWith('+'))
        {
            return new Versions(int.Parse(text[..^1]), short.MaxValue);
        }

        var ends = text.Split('-');
        return new Versions(int.Parse(ends[0]), int.Parse(ends[^1]));
    }

    public static Versions In(PropertyInfo field) =>
        field.GetCustomAttribute<TaggedAttribute>() is { } tagged ? Parse(tagged.Versions)
        : field.GetCustomAttribute<InAttribute>() is { } present ? Parse(present.Versions)
        : All;

    public static Versions NullIn(PropertyInfo field) => Parse(field.GetCustomAttribute<NullInAttribute>()?.Versions);
}

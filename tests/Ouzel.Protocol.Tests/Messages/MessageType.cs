using System.Reflection;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Tests.Messages;

/// <summary>A message class as reflection sees it.</summary>
internal sealed class MessageType
{
    private static readonly Dictionary<string, MessageType> ByName = typeof(IWireMessage).Assembly.GetTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IWireMessage)))
        .Select(t => new MessageType(t))
        .ToDictionary(t => t.Name);

    private MessageType(Type type)
    {
        Type = type;
        Lowest = Static<short>("LowestVersion");
        Highest = Static<short>("HighestVersion");
    }

    public static IEnumerable<MessageType> All => ByName.Values.OrderBy(t => t.Name, StringComparer.Ordinal);

    public Type Type { get; }
    public string Name => Type.Name;
    public short Lowest { get; }
    public short Highest { get; }
    public IEnumerable<short> Versions => Enumerable.Range(Lowest, Highest - Lowest + 1).Select(v => (short)v);

    public static MessageType Of(string name) => ByName.TryGetValue(name, out var type) ? type : throw new InvalidOperationException($"There is no message {name}");

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var type in All.Where(t => t.Highest >= t.Lowest))
        {
            names.Add(type.Name);
        }

        return names;
    }

    public IWireMessage Create() => (IWireMessage)Activator.CreateInstance(Type)!;

    public T Static<T>(string property) => (T)Type.GetProperty(property, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    public bool IsFlexible(short version) => (bool)Type.GetMethod("IsFlexible")!.Invoke(null, [version])!;

    /// <summary>Reads a message; gives the bytes it left.</summary>
    public static int Read(IWireMessage message, short version, ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        message.Read(ref reader, version);
        return reader.Remaining;
    }

    public static byte[] Write(IWireMessage message, short version)
    {
        using var writer = new WireWriter();
        message.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The fields of a message or structure, in order of declaration.</summary>
    public static PropertyInfo[] Fields(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null && p.Name != "UnknownTags").OrderBy(p => p.MetadataToken)];
}

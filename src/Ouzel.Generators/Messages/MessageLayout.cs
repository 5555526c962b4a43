namespace Ouzel.Generators.Messages;

/// <summary>In which versions each structure of a message is used, and how small it can be on the wire.</summary>
internal sealed class MessageLayout
{
    private readonly Dictionary<string, List<FieldModel>> _structures;
    private readonly Dictionary<string, VersionRange> _contexts = new();
    private readonly VersionRange _flexible;

    public MessageLayout(VersionRange versions, VersionRange flexible, List<FieldModel> body, Dictionary<string, List<FieldModel>> structures)
    {
        _structures = structures;
        _flexible = flexible;
        Visit(body, versions, []);
    }

    /// <summary>A structure that contains itself, if there is one.</summary>
    public string? Recursive { get; private set; }

    public VersionRange Context(string structure) => _contexts.TryGetValue(structure, out var context) ? context : VersionRange.None;

    /// <summary>The fewest bytes of these fields in any version of the context; at least 1, so that a count never outgrows what remains.</summary>
    public int SizeMin(IReadOnlyList<FieldModel> fields, VersionRange context)
    {
        var smallest = int.MaxValue;
        for (var version = context.Lowest; version <= context.Highest; version++)
        {
            var size = _flexible.Contains(version) ? 1 : 0;
            foreach (var field in fields)
            {
                if (!field.IsTagged && field.In.Contains(version))
                {
                    size += FieldSize(field, version);
                }
            }

            smallest = Math.Min(smallest, size);
        }

        return context.IsEmpty ? 1 : Math.Max(1, smallest);
    }

    private int FieldSize(FieldModel field, int version)
    {
        var compact = _flexible.Contains(version) && !field.NeverFlexible;
        if (field.IsList)
        {
            return compact ? 1 : 4;
        }

        return field.Kind switch
        {
            FieldKind.Bool or FieldKind.Int8 => 1,
            FieldKind.Int16 or FieldKind.UInt16 => 2,
            FieldKind.Int32 or FieldKind.UInt32 => 4,
            FieldKind.Int64 or FieldKind.Double => 8,
            FieldKind.Uuid => 16,
            FieldKind.String => compact ? 1 : 2,
            FieldKind.Structure => field.IsNullable ? 1 : SizeMin(_structures[field.Structure!], new VersionRange(version, version)),
            _ => compact ? 1 : 4,
        };
    }

    private void Visit(List<FieldModel> fields, VersionRange context, Stack<string> path)
    {
        foreach (var field in fields)
        {
            if (field.Structure is not { } name || Recursive is not null)
            {
                continue;
            }

            if (path.Contains(name))
            {
                Recursive = name;
                return;
            }

            var used = field.In.And(context);
            _contexts[name] = Context(name).Hull(used);
            path.Push(name);
            Visit(_structures[name], used, path);
            path.Pop();
        }
    }
}

namespace Ouzel.Broker.Configs;

/// <summary>The values in force of one table: the given texts over the defaults, read on demand.</summary>
internal sealed class SettingValues(SettingTable table, IReadOnlyDictionary<string, string> texts)
{
    public bool Bool(string name) => (bool)Required(name);

    public int Int(string name) => (int)Required(name);

    public int? IntOrNull(string name) => (int?)Find(name);

    public short Short(string name) => (short)Required(name);

    public long Long(string name) => (long)Required(name);

    public long? LongOrNull(string name) => (long?)Find(name);

    public double Double(string name) => (double)Required(name);

    public string Text(string name) => (string)Required(name);

    public string? TextOrNull(string name) => (string?)Find(name);

    public IReadOnlyList<string> List(string name) => (string[])Required(name);

    public IReadOnlyList<string>? ListOrNull(string name) => (string[]?)Find(name);

    /// <summary>The value, null when nothing is given and there is no default.</summary>
    public object? Find(string name)
    {
        if (!table.TryGet(name, out var setting))
        {
            throw new InvalidOperationException($"{name} is not declared");
        }

        if (texts.TryGetValue(name, out var text))
        {
            return setting.TryParse(text, out var value, out var problem) ? value : throw new SettingException(problem);
        }

        // A default is not held to the bounds: Kafka's own defaults leave them here and there.
        return setting.Default is { } fallback && SettingReader.TryRead(setting.Type, fallback, out var read, out _) ? read : null;
    }

    private object Required(string name) => Find(name) ?? throw new SettingException($"{name} has no default and must be set");
}

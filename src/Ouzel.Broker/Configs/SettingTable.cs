using System.Diagnostics.CodeAnalysis;

namespace Ouzel.Broker.Configs;

/// <summary>The settings of one kind of resource, by name.</summary>
public sealed class SettingTable(SettingScope scope)
{
    private readonly Dictionary<string, Setting> _byName = new(StringComparer.Ordinal);

    /// <summary>The kind of resource that the settings belong to.</summary>
    public SettingScope Scope { get; } = scope;

    /// <summary>All settings.</summary>
    public IReadOnlyCollection<Setting> All => _byName.Values;

    /// <summary>Finds a setting.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out Setting setting) => _byName.TryGetValue(name, out setting);

    internal void Add(Setting setting) => _byName.Add(setting.Name, setting);

    internal SettingTable With(Action<SettingTable> add)
    {
        add(this);
        return this;
    }
}

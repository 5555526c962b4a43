using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Requests;

/// <summary>The APIs that a node serves, found by the key that a request begins with.</summary>
internal sealed class ServedApis
{
    private readonly ApiEntry?[] _byKey;

    public ServedApis(IReadOnlyList<ApiEntry> entries)
    {
        Entries = [.. entries.OrderBy(e => e.Key)];
        _byKey = new ApiEntry?[(int)Entries[^1].Key + 1];
        foreach (var entry in Entries)
        {
            _byKey[(int)entry.Key] = entry;
        }
    }

    /// <summary>Ascending by key.</summary>
    public IReadOnlyList<ApiEntry> Entries { get; }

    /// <summary>The entry of a key as it came over the wire, or null.</summary>
    public ApiEntry? Find(short key) => (uint)key < (uint)_byKey.Length ? _byKey[key] : null;

    /// <summary>The response to an ApiVersions request of a version nobody knows: enough for the client to ask again.</summary>
    public static ApiVersionsResponse UnsupportedVersion(ApiEntry self)
        => new() { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [Announced(self)] };

    /// <summary>Names an API as ApiVersions does.</summary>
    public static ApiVersionsResponse.ApiVersion Announced(ApiEntry entry)
        => new() { ApiKey = (short)entry.Key, MinVersion = entry.Lowest, MaxVersion = entry.Highest };
}

namespace Ouzel.Protocol;

/// <summary>The facts of an API that follow from its key alone. The generator adds the tables, made from the messages' attributes.</summary>
public static partial class ApiCatalog
{
    private const short NewestRequestHeader = 2;

    /// <summary>True when the key names an API of which a version is left.</summary>
    public static bool IsServable(ApiKey key) => HighestVersion(key) >= 0;

    /// <summary>True when requests and responses of this version have compact lengths and tag sections.</summary>
    public static bool IsFlexible(ApiKey key, short version) => version >= FirstFlexibleVersion(key);

    /// <summary>The version of the header before a request. Versions nobody knows get the header their number implies.</summary>
    public static short RequestHeaderVersion(ApiKey key, short version) => IsFlexible(key, version) ? NewestRequestHeader : (short)1;

    /// <summary>The version of the header before a response. ApiVersions stays at 0, so that a client that knows no version can read it.</summary>
    public static short ResponseHeaderVersion(ApiKey key, short version) => key != ApiKey.ApiVersions && IsFlexible(key, version) ? (short)1 : (short)0;
}

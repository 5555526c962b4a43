using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Connections;

/// <summary>The APIs a broker serves, in which versions, and its features: what it said when the connection was opened.</summary>
internal sealed class ServedVersions
{
    private readonly Dictionary<ApiKey, (short Lowest, short Highest)> _ranges = [];

    public ServedVersions(ApiVersionsResponse response)
    {
        foreach (var api in response.ApiKeys)
        {
            _ranges[(ApiKey)api.ApiKey] = (api.MinVersion, api.MaxVersion);
        }

        Features = response;
    }

    /// <summary>The whole response: features supported and finalized stand in it.</summary>
    public ApiVersionsResponse Features { get; }

    /// <summary>True when the broker serves any version that we know of the API.</summary>
    public bool Serves<TResponse>(short lowest = 0)
        where TResponse : class, IKafkaResponse, new() =>
        TryChoose<TResponse>(lowest, short.MaxValue, out _);

    /// <summary>The newest version that both know.</summary>
    /// <exception cref="KafkaException">There is none: <see cref="ErrorCode.UnsupportedVersion"/>.</exception>
    public short Choose<TResponse>(short lowest = 0, short highest = short.MaxValue)
        where TResponse : class, IKafkaResponse, new()
    {
        if (TryChoose<TResponse>(lowest, highest, out var version))
        {
            return version;
        }

        var served = _ranges.TryGetValue(TResponse.ApiKey, out var range) ? $"versions {range.Lowest} to {range.Highest}" : "no version";
        throw new KafkaException(ErrorCode.UnsupportedVersion,
            $"The broker serves {served} of {TResponse.ApiKey}, this call needs {Math.Max(lowest, TResponse.LowestVersion)} to {Math.Min(highest, TResponse.HighestVersion)}");
    }

    private bool TryChoose<TResponse>(short lowest, short highest, out short version)
        where TResponse : class, IKafkaResponse, new()
    {
        version = -1;
        if (!_ranges.TryGetValue(TResponse.ApiKey, out var range))
        {
            return false;
        }

        version = Math.Min(Math.Min(highest, TResponse.HighestVersion), range.Highest);
        return version >= Math.Max(Math.Max(lowest, TResponse.LowestVersion), range.Lowest);
    }
}

using Ouzel.Client.Connections;

namespace Ouzel.Client.Metadata;

/// <summary>Times of <see cref="MetadataCache"/>.</summary>
/// <param name="MaxAgeMs">An older picture is replaced at the next look.</param>
/// <param name="IdleMs">A topic not used for so long is no longer asked for.</param>
/// <param name="Retry">Between attempts.</param>
internal sealed record MetadataOptions(int MaxAgeMs, int IdleMs, Backoff Retry)
{
    /// <summary>Kafka's metadata.max.idle.ms.</summary>
    public const int IdleMsDefault = 300_000;
}

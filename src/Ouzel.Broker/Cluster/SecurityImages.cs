using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>An access rule as stored; the codes are those of Kafka's ACL requests.</summary>
internal sealed record AccessRule(Uuid Id, sbyte ResourceType, string ResourceName, sbyte PatternType, string Principal, string Host, sbyte Operation, sbyte PermissionType);

/// <summary>Mechanism: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.</summary>
internal readonly record struct ScramUser(string Name, sbyte Mechanism);

/// <summary>A SCRAM password as a server keeps it (RFC 5802). The byte arrays are never changed in place.</summary>
internal sealed record ScramCredential(byte[] Salt, byte[] StoredKey, byte[] ServerKey, int Iterations);

/// <summary>A delegation token (KIP-48); times in milliseconds since 1970.</summary>
internal sealed record DelegationToken(
    string TokenId, string Owner, string Requester, string[] Renewers, long IssuedMs, long MaxMs, long ExpiresMs);

/// <summary>
/// The clients that a quota limits: pairs of entity type (user, client-id, ip) and name, sorted by type. A null name means the default of that type. Two
/// entities with the same pairs are equal.
/// </summary>
internal sealed class QuotaEntity : IEquatable<QuotaEntity>
{
    public QuotaEntity(IEnumerable<KeyValuePair<string, string?>> parts)
    {
        Parts = [.. parts.OrderBy(part => part.Key, StringComparer.Ordinal)];
    }

    public IReadOnlyList<KeyValuePair<string, string?>> Parts { get; }

    public bool Equals(QuotaEntity? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override bool Equals(object? obj) => Equals(obj as QuotaEntity);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (type, name) in Parts)
        {
            hash.Add(type, StringComparer.Ordinal);
            hash.Add(name, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(',', Parts.Select(part => $"{part.Key}={part.Value ?? "<default>"}"));
}

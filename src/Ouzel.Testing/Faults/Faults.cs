using System.Collections.Immutable;
using Ouzel.Protocol;

namespace Ouzel.Testing;

/// <summary>The faults of a broker's requests. Of several that concern the same request the oldest strikes.</summary>
public sealed class Faults
{
    private ImmutableArray<Fault> _active = [];

    internal Faults()
    {
    }

    internal ImmutableArray<Fault> Active => _active;

    /// <summary>Requests of one API.</summary>
    /// <param name="api">Which one.</param>
    /// <param name="topic">Only where it names this topic.</param>
    /// <param name="partition">Only where it names this partition.</param>
    /// <param name="group">Only where it names this group.</param>
    public Fault On(ApiKey api, string? topic = null, int? partition = null, string? group = null) => new(this, api, topic, partition, group);

    /// <summary>Requests of every API.</summary>
    public Fault OnAny() => new(this, null, null, null, null);

    /// <summary>Produce requests.</summary>
    public Fault OnProduce(string? topic = null, int? partition = null) => On(ApiKey.Produce, topic, partition);

    /// <summary>Fetch requests.</summary>
    public Fault OnFetch(string? topic = null, int? partition = null) => On(ApiKey.Fetch, topic, partition);

    /// <summary>Commits of offsets.</summary>
    public Fault OnCommit(string? group = null) => On(ApiKey.OffsetCommit, group: group);

    /// <summary>Joins of a classic group.</summary>
    public Fault OnJoin(string? group = null) => On(ApiKey.JoinGroup, group: group);

    /// <summary>Heartbeats of a classic group.</summary>
    public Fault OnHeartbeat(string? group = null) => On(ApiKey.Heartbeat, group: group);

    /// <summary>Ends all faults, and lets go of what they hold.</summary>
    public void Clear()
    {
        foreach (var fault in _active)
        {
            fault.Release();
        }
    }

    internal void Add(Fault fault) => ImmutableInterlocked.Update(ref _active, active => active.Add(fault));

    internal void Remove(Fault fault) => ImmutableInterlocked.Update(ref _active, active => active.Remove(fault));
}

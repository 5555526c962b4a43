using Ouzel.Protocol;

namespace Ouzel.Testing;

/// <summary>A request that a client sent.</summary>
/// <param name="Api">Which API.</param>
/// <param name="Version">Of the API.</param>
/// <param name="ClientId">The client's name for itself (client.id).</param>
/// <param name="Group">The group it names, where Ouzel.Testing knows that the API names one.</param>
/// <param name="Partitions">The partitions it names; partition -1 for a topic as a whole.</param>
public sealed record ReceivedRequest(ApiKey Api, short Version, string ClientId, string? Group, IReadOnlyList<TopicPartition> Partitions);

/// <summary>The latest requests.</summary>
internal sealed class RequestNotes
{
    /// <summary>Older ones are forgotten.</summary>
    public const int KeptMax = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<ReceivedRequest> _requests = new();

    public IReadOnlyList<ReceivedRequest> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public void Add(ReceivedRequest request)
    {
        lock (_gate)
        {
            _requests.Enqueue(request);
            if (_requests.Count > KeptMax)
            {
                _requests.Dequeue();
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }
}

using Ouzel.Client.Admin;

namespace Ouzel.Client;

/// <summary>
/// Administers a cluster. Calls find the broker that decides (controller, coordinator, leader), go on to another when it has changed, and try again until
/// <see cref="OuzelClientOptions.ApiTimeoutMs"/> is over. Errors of single items stand in the results; see <see cref="ItemResult"/>.
/// </summary>
public sealed class AdminClient
{
    internal AdminClient(OuzelClient client)
    {
        var calls = new AdminCalls(client);
        Topics = new TopicAdmin(calls);
        Records = new RecordAdmin(calls);
        Configs = new ConfigAdmin(calls);
        Groups = new GroupAdmin(client, calls);
        Replicas = new ReplicaAdmin(calls);
        Cluster = new ClusterAdmin(calls);
    }

    /// <summary>Topics and their number of partitions.</summary>
    public TopicAdmin Topics { get; }

    /// <summary>Offsets of partitions, deletion of records, producers at work.</summary>
    public RecordAdmin Records { get; }

    /// <summary>Settings of topics, brokers and groups.</summary>
    public ConfigAdmin Configs { get; }

    /// <summary>Groups and their committed offsets.</summary>
    public GroupAdmin Groups { get; }

    /// <summary>Places of replicas, and their leaders.</summary>
    public ReplicaAdmin Replicas { get; }

    /// <summary>Brokers, quorum, features.</summary>
    public ClusterAdmin Cluster { get; }
}

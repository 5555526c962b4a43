using Ouzel.Client.Admin;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client;

/// <summary>The replicas that may be elected. The numbers are the protocol's.</summary>
public enum ElectionType : sbyte
{
    /// <summary>The first replica of the list, if it is in sync.</summary>
    Preferred = 0,

    /// <summary>Any replica that lives, though records may be lost (KIP-460).</summary>
    Unclean = 1,
}

/// <summary>A move of a partition's replicas that is under way.</summary>
/// <param name="Replicas">All of them now, old and new.</param>
/// <param name="Adding">Those that are catching up.</param>
/// <param name="Removing">Those that go when the others have caught up.</param>
public sealed record Reassignment(IReadOnlyList<int> Replicas, IReadOnlyList<int> Adding, IReadOnlyList<int> Removing);

/// <summary>A log directory of a broker.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="TotalBytes">Of its volume; -1 from brokers before 3.3.</param>
/// <param name="UsableBytes">Free for the broker; -1 from brokers before 3.3.</param>
/// <param name="IsCordoned">Whether it gets no new partitions (KIP-1066).</param>
/// <param name="Replicas">The partitions in it.</param>
public sealed record LogDirectoryDescription(string Path, long TotalBytes, long UsableBytes, bool IsCordoned, IReadOnlyDictionary<TopicPartition, ReplicaSize> Replicas);

/// <summary>A replica in a log directory.</summary>
/// <param name="Bytes">Size of its segments.</param>
/// <param name="OffsetLag">Offsets behind the high watermark, or behind the replica that it will replace.</param>
/// <param name="IsFuture">Whether it is to replace the one in another directory of the same broker.</param>
public readonly record struct ReplicaSize(long Bytes, long OffsetLag, bool IsFuture);

/// <summary>Places of replicas, and their leaders.</summary>
public sealed class ReplicaAdmin
{
    private readonly AdminCalls _calls;

    internal ReplicaAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>Has leaders elected.</summary>
    /// <param name="type">Who may be elected.</param>
    /// <param name="partitions">Null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>By partition; <see cref="ErrorCode.ElectionNotNeeded"/> where the leader was right already.</returns>
    /// <exception cref="KafkaException">No controller could be asked, or it refused all.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, ItemResult>> ElectLeadersAsync(ElectionType type, IEnumerable<TopicPartition>? partitions, CancellationToken cancellation = default)
    {
        var request = new ElectLeadersRequest
        {
            ElectionType = (sbyte)type,
            TimeoutMs = _calls.TimeoutMs,
            TopicPartitions = partitions is null ? null : [.. partitions.GroupBy(p => p.Topic).Select(t => new ElectLeadersRequest.TopicPartitionsItem { Topic = t.Key, Partitions = [.. t.Select(p => p.Partition)] })],
        };
        var response = await _calls.ControllerAsync(_ => request, static r => r.ErrorCode, cancellation);
        if (response.ReplicaElectionResults.Count == 0)
        {
            new ItemResult(response.ErrorCode, "No leader was elected").ThrowIfFailed();
        }

        return response.ReplicaElectionResults
            .SelectMany(t => t.PartitionResult.Select(p => (Partition: new TopicPartition(t.Topic, p.PartitionId), Result: new ItemResult(p.ErrorCode, p.ErrorMessage))))
            .ToDictionary(p => p.Partition, p => p.Result);
    }

    /// <summary>Moves replicas to other brokers (KIP-455; Kafka 2.4).</summary>
    /// <param name="targets">The replicas that a partition shall have; null ends a move that is under way.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">No controller could be asked, or it refused all.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, ItemResult>> AlterReassignmentsAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<int>?> targets, CancellationToken cancellation = default)
    {
        var request = new AlterPartitionReassignmentsRequest
        {
            TimeoutMs = _calls.TimeoutMs,
            Topics = [.. targets.GroupBy(t => t.Key.Topic).Select(t => new AlterPartitionReassignmentsRequest.ReassignableTopic
            {
                Name = t.Key,
                Partitions = [.. t.Select(p => new AlterPartitionReassignmentsRequest.ReassignablePartition { PartitionIndex = p.Key.Partition, Replicas = p.Value is null ? null : [.. p.Value] })],
            })],
        };
        var response = await _calls.ControllerAsync(_ => request, static r => r.ErrorCode, cancellation);
        new ItemResult(response.ErrorCode, response.ErrorMessage).ThrowIfFailed();
        return response.Responses
            .SelectMany(t => t.Partitions.Select(p => (Partition: new TopicPartition(t.Name, p.PartitionIndex), Result: new ItemResult(p.ErrorCode, p.ErrorMessage))))
            .ToDictionary(p => p.Partition, p => p.Result);
    }

    /// <summary>The moves that are under way.</summary>
    /// <exception cref="KafkaException">No controller could be asked, or it refused.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, Reassignment>> ListReassignmentsAsync(CancellationToken cancellation = default)
    {
        var request = new ListPartitionReassignmentsRequest { TimeoutMs = _calls.TimeoutMs, Topics = null };
        var response = await _calls.ControllerAsync(_ => request, static r => r.ErrorCode, cancellation);
        new ItemResult(response.ErrorCode, response.ErrorMessage).ThrowIfFailed();
        return response.Topics
            .SelectMany(t => t.Partitions.Select(p => (Partition: new TopicPartition(t.Name, p.PartitionIndex), Move: new Reassignment(p.Replicas, p.AddingReplicas, p.RemovingReplicas))))
            .ToDictionary(p => p.Partition, p => p.Move);
    }

    /// <summary>The log directories of brokers.</summary>
    /// <returns>By broker; a directory that cannot be read is a result of its own, by its path.</returns>
    public async Task<IReadOnlyDictionary<int, ItemResult<IReadOnlyDictionary<string, ItemResult<LogDirectoryDescription>>>>> DescribeLogDirectoriesAsync(
        IEnumerable<int> brokers, CancellationToken cancellation = default)
    {
        var results = new Dictionary<int, ItemResult<IReadOnlyDictionary<string, ItemResult<LogDirectoryDescription>>>>();
        foreach (var broker in brokers.Distinct())
        {
            try
            {
                var response = await _calls.BrokerAsync(broker, _ => new DescribeLogDirsRequest { Topics = null }, cancellation);
                results[broker] = TopicAdmin.Result<IReadOnlyDictionary<string, ItemResult<LogDirectoryDescription>>>(
                    response.ErrorCode, null, response.Results.ToDictionary(d => d.LogDir, d => TopicAdmin.Result(d.ErrorCode, null, Describe(d))));
            }
            catch (KafkaException fault)
            {
                results[broker] = new(fault.Error, fault.Message, null);
            }
        }

        return results;
    }

    private static LogDirectoryDescription Describe(DescribeLogDirsResponse.DescribeLogDirsResult directory) => new(
        directory.LogDir, directory.TotalBytes, directory.UsableBytes, directory.IsCordoned,
        directory.Topics
            .SelectMany(t => t.Partitions.Select(p => (Partition: new TopicPartition(t.Name, p.PartitionIndex), Size: new ReplicaSize(p.PartitionSize, p.OffsetLag, p.IsFutureKey))))
            .DistinctBy(p => p.Partition).ToDictionary(p => p.Partition, p => p.Size));
}

using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>The log directories and what lies in them (KIP-113). v3 has an error at the top; v4 tells the volume's size (KIP-827); v5 whether the directory gets nothing new (KIP-1066).</summary>
internal sealed class DescribeLogDirsApi(LogDirectories directories, Func<IReadOnlySet<string>> cordoned) : IApi<DescribeLogDirsRequest, DescribeLogDirsResponse>, ILongResponse<DescribeLogDirsRequest>
{
    /// <summary>A partition in the response, with its share of its topic: objects, places in lists, encoding.</summary>
    private const int PartitionBytes = 256;

    public long ResponseBytes(DescribeLogDirsRequest request, RequestContext context)
    {
        long logs = directories.All.Sum(directory => directory.LogCount);
        return PartitionBytes * (request.Topics is { } topics ? Math.Min(logs, topics.Sum(topic => (long)topic.Partitions.Count)) : logs);
    }

    public ValueTask<DescribeLogDirsResponse> HandleAsync(DescribeLogDirsRequest request, RequestContext context) =>
        new(!context.MayCluster(AclOperation.Describe) ? new DescribeLogDirsResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed } : new DescribeLogDirsResponse { Results = [.. directories.All.Select(directory => Describe(directory, request, cordoned()))] });

    private static DescribeLogDirsResponse.DescribeLogDirsResult Describe(LogDirectory directory, DescribeLogDirsRequest request, IReadOnlySet<string> cordoned)
    {
        var result = new DescribeLogDirsResponse.DescribeLogDirsResult { LogDir = Path.GetFullPath(directory.Path), IsCordoned = cordoned.Contains(directory.Path) };
        if (directory.IsOffline)
        {
            result.ErrorCode = ErrorCode.KafkaStorageError;
            return result;
        }

        var space = directory.Space();
        (result.TotalBytes, result.UsableBytes) = (space.TotalBytes, space.UsableBytes);
        var logs = request.Topics is null
            ? directory.Logs.Where(log => log.Topic != TopicNames.ClusterMetadata)
            : request.Topics.SelectMany(t => t.Partitions, (t, partition) => new TopicPartition(t.Topic, partition)).Distinct().Select(name => Find(directory, name)).OfType<PartitionLog>();
        foreach (var topic in logs.GroupBy(log => log.Topic, StringComparer.Ordinal))
        {
            result.Topics.Add(new()
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(log => new DescribeLogDirsResponse.DescribeLogDirsPartition { PartitionIndex = log.Partition, PartitionSize = log.SizeBytes })],
            });
        }

        return result;
    }

    private static PartitionLog? Find(LogDirectory directory, TopicPartition name) =>
        name.Topic != TopicNames.ClusterMetadata && directory.TryGet(name, out var log) ? log : null;
}

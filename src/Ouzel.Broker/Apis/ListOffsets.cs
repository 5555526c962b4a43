using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Offsets by position and by time.</summary>
/// <remarks>
/// v0 a list of offsets (dropped by Apache Kafka in 4.0); gap: it names the newest offset and the log start, not the segments between.
/// v1 one offset with its time. v2 isolation. v4 leader epochs. v6 flexible. v7 the largest time (KIP-734). v8 the earliest local,
/// v9 the latest tiered, v10 a time limit for tiered look-ups, v11 the earliest not yet tiered. Nothing is tiered here: those answer -1.
/// </remarks>
internal sealed class ListOffsetsApi(MetadataCache metadata, PartitionTable partitions) : IApi<ListOffsetsRequest, ListOffsetsResponse>
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long LargestTime = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPending = -6;
    private const short LeaderEpochsFrom = 4;
    private const int ConsumerId = -1;
    private const int DebuggingConsumerId = -2;

    public async ValueTask<ListOffsetsResponse> HandleAsync(ListOffsetsRequest request, RequestContext context)
    {
        var response = new ListOffsetsResponse();
        var twice = NamedTwice(request);
        var turns = new Turns(Turns.Read);
        var isolation = request.ReplicaId != ConsumerId ? FetchIsolation.LogEnd
            : request.IsolationLevel == 1 ? FetchIsolation.Committed
            : FetchIsolation.HighWatermark;
        foreach (var topic in request.Topics)
        {
            var answer = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            var refused = new HashSet<int>();
            var isDenied = !context.May(AclOperation.Describe, ResourceType.Topic, topic.Name);
            foreach (var asked in topic.Partitions)
            {
                if (turns.IsOver())
                {
                    await Task.Yield();
                }

                if (isDenied)
                {
                    answer.Partitions.Add(Refused(asked, ErrorCode.TopicAuthorizationFailed));
                }
                else if (!twice.Contains((topic.Name, asked.PartitionIndex)))
                {
                    answer.Partitions.Add(TryLook(topic.Name, asked, request.ReplicaId, isolation, context.ApiVersion));
                }
                else if (refused.Add(asked.PartitionIndex))
                {
                    answer.Partitions.Add(Refused(asked, ErrorCode.InvalidRequest));
                }
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    /// <summary>v0: a list of offsets before a time, newest first. Of a log's segments only the first is told besides what was asked for.</summary>
    private static ListOffsetsResponse.ListOffsetsPartitionResponse Old(ListOffsetsRequest.ListOffsetsPartition asked, PartitionLog log, long offset)
    {
        var newest = offset >= 0 ? offset : log.HighWatermark;
        List<long> offsets = asked.Timestamp == Earliest || newest == log.LogStartOffset ? [log.LogStartOffset] : [newest, log.LogStartOffset];
        return new() { PartitionIndex = asked.PartitionIndex, OldStyleOffsets = [.. offsets.Take(Math.Max(asked.MaxNumOffsets, 0))] };
    }

    /// <summary>A fault concerns this partition alone.</summary>
    private ListOffsetsResponse.ListOffsetsPartitionResponse TryLook(string topic, ListOffsetsRequest.ListOffsetsPartition asked, int replicaId, FetchIsolation isolation, short version)
    {
        try
        {
            return Look(topic, asked, replicaId, isolation, version);
        }
        catch (Exception fault)
        {
            return Refused(asked, partitions.Faults.Tell(ApiKey.ListOffsets, new TopicPartition(topic, asked.PartitionIndex), fault));
        }
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse Look(string topic, ListOffsetsRequest.ListOffsetsPartition asked, int replicaId, FetchIsolation isolation, short version)
    {
        if (asked.Timestamp < 0 && version < FirstVersionOf(asked.Timestamp))
        {
            return Refused(asked, ErrorCode.UnsupportedVersion);
        }

        var error = partitions.Find(metadata.Current, new TopicPartition(topic, asked.PartitionIndex), asked.CurrentLeaderEpoch, out var partition, leaderOnly: replicaId != DebuggingConsumerId);
        if (error != ErrorCode.None)
        {
            return Refused(asked, error);
        }

        var found = asked.Timestamp switch
        {
            Latest => new TimestampedOffset(partition!.Log.LatestOffset(isolation).Offset, -1, partition.Leadership.Epoch),
            Earliest or EarliestLocal => partition!.Log.EarliestOffset(),
            LargestTime => partition!.Log.OffsetOfMaxTimestamp(isolation),
            LatestTiered or EarliestPending => TimestampedOffset.None,
            _ => partition!.Log.OffsetForTimestamp(asked.Timestamp, isolation),
        };
        if (version == 0)
        {
            return Old(asked, partition!.Log, found.Offset);
        }

        return new()
        {
            PartitionIndex = asked.PartitionIndex,
            Offset = found.Offset,
            Timestamp = found.TimestampMs,
            LeaderEpoch = version >= LeaderEpochsFrom ? found.LeaderEpoch : -1,
        };
    }

    private static int FirstVersionOf(long timestamp) => timestamp switch
    {
        Latest or Earliest => 0,
        LargestTime => 7,
        EarliestLocal => 8,
        LatestTiered => 9,
        EarliestPending => 11,
        _ => int.MaxValue,
    };

    private static HashSet<(string, int)> NamedTwice(ListOffsetsRequest request)
    {
        var seen = new HashSet<(string, int)>();
        var twice = new HashSet<(string, int)>();
        foreach (var topic in request.Topics)
        {
            foreach (var asked in topic.Partitions)
            {
                if (!seen.Add((topic.Name, asked.PartitionIndex)))
                {
                    twice.Add((topic.Name, asked.PartitionIndex));
                }
            }
        }

        return twice;
    }

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Refused(ListOffsetsRequest.ListOffsetsPartition asked, ErrorCode error)
        => new() { PartitionIndex = asked.PartitionIndex, ErrorCode = error };
}

using Ouzel.Broker.Memory;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Fetching;

/// <summary>The pieces of Fetch answers, used again: in steady state a fetch leaves nothing to the garbage collector.</summary>
internal sealed class FetchPieces
{
    private const int ResponsesKeptMax = 1024;
    private const int PartitionsKeptMax = 16 * 1024;

    /// <summary>Room for so many in a list that is kept: one that was larger once would keep its memory for ever.</summary>
    private const int ListKeptMax = 512;

    private readonly Pool<FetchResponse> _responses = new(ResponsesKeptMax);
    private readonly Pool<FetchResponse.FetchableTopicResponse> _topics = new(PartitionsKeptMax);
    private readonly Pool<FetchResponse.PartitionData> _partitions = new(PartitionsKeptMax);
    private readonly Pool<FileSlice> _slices = new(PartitionsKeptMax);

    public FetchResponse Response(ErrorCode error = ErrorCode.None)
    {
        var response = _responses.Rent();
        (response.ErrorCode, response.SessionId, response.ThrottleTimeMs) = (error, 0, 0);
        return response;
    }

    public FetchResponse.FetchableTopicResponse Topic(string name, Uuid id)
    {
        var topic = _topics.Rent();
        (topic.Topic, topic.TopicId) = (name, id);
        return topic;
    }

    /// <summary>The response for one partition, as it is when it cannot be read: no marks, and records that are empty, never null.</summary>
    public FetchResponse.PartitionData Part(FetchTarget target, ErrorCode error)
    {
        var data = _partitions.Rent();
        data.PartitionIndex = target.Partition;
        data.ErrorCode = error;
        (data.HighWatermark, data.LastStableOffset, data.LogStartOffset) = (-1, -1, -1);
        (data.DivergingEpoch.Epoch, data.DivergingEpoch.EndOffset) = (-1, -1);
        data.AbortedTransactions = null;
        data.Records = MemoryRecords.Empty;
        return data;
    }

    /// <summary>To be filled by a read.</summary>
    public FileSlice Slice() => _slices.Rent();

    public void TakeBack(FileSlice slice)
    {
        slice.Dispose();
        _slices.Return(slice);
    }

    /// <summary>Lets go of the file as well.</summary>
    public void TakeBack(FetchResponse.PartitionData data)
    {
        if (data.Records is FileSlice slice)
        {
            TakeBack(slice);
        }

        data.Records = null;
        _partitions.Return(data);
    }

    public void TakeBack(FetchResponse response)
    {
        foreach (var topic in response.Responses)
        {
            foreach (var data in topic.Partitions)
            {
                TakeBack(data);
            }

            topic.Partitions.Clear();
            if (topic.Partitions.Capacity <= ListKeptMax)
            {
                _topics.Return(topic);
            }
        }

        response.Responses.Clear();
        if (response.Responses.Capacity <= ListKeptMax)
        {
            _responses.Return(response);
        }
    }
}

using Ouzel.Broker.Memory;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>The pieces of Produce answers, used again: in steady state a produce leaves nothing to the garbage collector.</summary>
internal sealed class ProducePieces
{
    private const int ResponsesKeptMax = 1024;
    private const int PartitionsKeptMax = 16 * 1024;

    /// <summary>Room for so many in a list that is kept: one that was larger once would keep its memory for ever.</summary>
    private const int ListKeptMax = 512;

    private readonly Pool<ProduceResponse> _responses = new(ResponsesKeptMax);
    private readonly Pool<ProduceResponse.TopicProduceResponse> _topics = new(PartitionsKeptMax);
    private readonly Pool<ProduceResponse.PartitionProduceResponse> _partitions = new(PartitionsKeptMax);

    public ProduceResponse Response() => _responses.Rent();

    public ProduceResponse.TopicProduceResponse Topic(string name, Uuid id)
    {
        var topic = _topics.Rent();
        (topic.Name, topic.TopicId) = (name, id);
        return topic;
    }

    public ProduceResponse.PartitionProduceResponse Partition(int index, in LogAppendResult result)
    {
        var told = _partitions.Rent();
        told.Index = index;
        Fill(told, result);
        return told;
    }

    public static void Fill(ProduceResponse.PartitionProduceResponse told, in LogAppendResult result)
    {
        told.ErrorCode = result.Error;
        told.BaseOffset = result.BaseOffset;
        told.LogAppendTimeMs = result.LogAppendTimeMs;
        told.LogStartOffset = result.LogStartOffset;
        told.ErrorMessage = result.ErrorMessage;
        told.RecordErrors.Clear();
        if (result.RecordErrors is not null)
        {
            told.RecordErrors.AddRange(result.RecordErrors.Select(e => new ProduceResponse.BatchIndexAndErrorMessage { BatchIndex = e.BatchIndex, BatchIndexErrorMessage = e.Message }));
        }
    }

    public void TakeBack(ProduceResponse response)
    {
        foreach (var topic in response.Responses)
        {
            foreach (var told in topic.PartitionResponses)
            {
                _partitions.Return(told);
            }

            topic.PartitionResponses.Clear();
            if (topic.PartitionResponses.Capacity <= ListKeptMax)
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

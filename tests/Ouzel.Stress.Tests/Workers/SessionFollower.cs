using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Reads several partitions in one fetch session (KIP-227): names only what changed, takes partitions in and lets others go, and looks at every offset.</summary>
internal sealed class SessionFollower(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const int PartitionsMax = 8;
    private readonly Dictionary<PartitionLedger, long> _held = [];
    private readonly HashSet<PartitionLedger> _news = [];
    private readonly List<PartitionLedger> _gone = [];
    private Connection? _of;
    private int _sessionId;
    private int _epoch;

    protected override async Task StepAsync(Connection connection)
    {
        if (_of != connection || Random.Next(60) == 0)
        {
            Begin(connection);
        }

        if (_held.Count < PartitionsMax && (_held.Count == 0 || Random.Next(8) == 0))
        {
            var more = Run.Topics.Any(Random);
            if (_held.TryAdd(more, more.IsTrimmed ? more.StartFloor() : 0))
            {
                _gone.Remove(more);
                _news.Add(more);
            }
        }
        else if (_held.Count > 1 && Random.Next(20) == 0)
        {
            LetGo(_held.Keys.ElementAt(Random.Next(_held.Count)));
        }

        var floors = _held.Keys.ToDictionary(l => l, l => l.StartFloor());
        var response = await connection.CallAsync(Request(), 13);
        Run.Require(response.ErrorCode == ErrorCode.None, $"{Name}: session {_sessionId} at epoch {_epoch} answers {response.ErrorCode}");
        Run.Require(_epoch == 0 || response.SessionId == _sessionId, $"{Name}: session {_sessionId} became {response.SessionId}");
        _sessionId = response.SessionId;
        _epoch = _sessionId == 0 ? 0 : _epoch + 1;
        _news.Clear();
        _gone.Clear();
        foreach (var topic in response.Responses)
        {
            foreach (var data in topic.Partitions)
            {
                var ledger = _held.Keys.FirstOrDefault(l => l.TopicId == topic.TopicId && l.Partition == data.PartitionIndex);
                Run.Require(ledger is not null, $"{Name}: the session holds no partition {data.PartitionIndex} of {topic.TopicId}");
                if (ledger is not null)
                {
                    await TakeAsync(connection, ledger, data, floors[ledger]);
                }
            }
        }

        await PauseAsync(10);
    }

    private void Begin(Connection connection)
    {
        (_of, _sessionId, _epoch) = (connection, 0, 0);
        _news.Clear();
        _gone.Clear();
    }

    private void LetGo(PartitionLedger ledger)
    {
        _held.Remove(ledger);
        if (!_news.Remove(ledger) || _epoch > 0)
        {
            _gone.Add(ledger);
        }
    }

    private FetchRequest Request() => new()
    {
        MaxWaitMs = Random.Next(200),
        MinBytes = Random.Next(1, 3000),
        MaxBytes = Random.Next(1, 1 << 20),
        SessionId = _sessionId,
        SessionEpoch = _epoch,
        Topics = [.. _held.Where(h => _epoch == 0 || _news.Contains(h.Key)).GroupBy(h => h.Key.TopicId).Select(topic => new FetchRequest.FetchTopic
        {
            TopicId = topic.Key,
            Partitions = [.. topic.Select(h => new FetchRequest.FetchPartition { Partition = h.Key.Partition, FetchOffset = h.Value, PartitionMaxBytes = 50_000 })],
        })],
        ForgottenTopicsData = [.. _gone.Where(_ => _epoch > 0).GroupBy(l => l.TopicId).Select(topic => new FetchRequest.ForgottenTopic { TopicId = topic.Key, Partitions = [.. topic.Select(l => l.Partition)] })],
    };

    private async Task TakeAsync(Connection connection, PartitionLedger ledger, FetchResponse.PartitionData data, long floor)
    {
        var from = _held[ledger];
        if (data.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            var start = await Topics.StartAsync(connection, ledger);
            Run.Require(start is null || (ledger.IsTrimmed && start > from), $"{Name}: {ledger.Name} has no offset {from}, it begins at {start}");
            _held[ledger] = start ?? 0;
            _news.Add(ledger);
        }
        else if (data.ErrorCode != ErrorCode.None)
        {
            Run.Require(IsPassing(data.ErrorCode), $"{Name}: {ledger.Name} at {from} in a session answers {data.ErrorCode}");
            LetGo(ledger);
        }
        else if (ledger.Look(from, data, floor) is { } next && next != from)
        {
            _held[ledger] = next;
            _news.Add(ledger);
        }
    }
}

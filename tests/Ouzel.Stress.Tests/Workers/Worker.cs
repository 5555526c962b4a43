using Ouzel.Protocol;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>A client that does one kind of thing again and again, connecting anew whenever the broker goes.</summary>
internal abstract class Worker(Run run, string name, int seed) : IDisposable
{
    private Connection? _connection;

    public string Name => name;

    protected Run Run => run;

    protected Random Random { get; } = new(seed);

    /// <summary>True when nothing remains to be done once the run is over.</summary>
    protected virtual bool IsDone => true;

    public async Task RunAsync()
    {
        while (!run.HasFailed && !(run.IsOver && IsDone))
        {
            try
            {
                _connection ??= await Connection.OpenAsync(run);
                await StepAsync(_connection);
            }
            catch (IOException)
            {
                Drop();
                await PauseAsync(100);
            }
        }

        Dispose();
    }

    public void Dispose() => Drop();

    protected abstract Task StepAsync(Connection connection);

    protected void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    protected Task PauseAsync(int mostMs) => Task.Delay(Random.Next(1, mostMs + 1));

    /// <summary>True for errors that a partition may answer while topics come and go, directories fail, and the broker stops.</summary>
    protected bool IsPassing(ErrorCode error) => error switch
    {
        ErrorCode.NotLeaderOrFollower or ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.LeaderNotAvailable => true,
        ErrorCode.KafkaStorageError => run.IsRestless,
        _ => false,
    };

    /// <summary>True for errors that a group's coordinator may answer while it loads or its partition moves.</summary>
    protected static bool IsCoordinatorPassing(ErrorCode error) =>
        error is ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator;
}

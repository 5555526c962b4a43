namespace Ouzel.Broker.Cluster;

/// <summary>The place where a change of the cluster is decided.</summary>
internal interface IDecisions
{
    /// <summary>Decides with the image as it is when the change's turn comes, and the offset at which its records will stand.</summary>
    ValueTask<T> DecideAsync<T>(Func<ClusterImage, long, Decision<T>> decide);
}

/// <summary>One of the first changes of a controller: decided at once, and committed with the claim, before which nobody else hears of the response.</summary>
/// <param name="image">The image as it is.</param>
/// <param name="offset">Where the records will stand.</param>
internal sealed class ClaimStep(ClusterImage image, long offset) : IDecisions
{
    /// <summary>The records to be appended.</summary>
    public IReadOnlyList<ClusterRecord> Records { get; private set; } = [];

    public ValueTask<T> DecideAsync<T>(Func<ClusterImage, long, Decision<T>> decide)
    {
        var decision = decide(image, offset);
        Records = decision.Records;
        return new(decision.Response);
    }
}

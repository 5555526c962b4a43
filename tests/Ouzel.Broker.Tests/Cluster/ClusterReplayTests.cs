using Ouzel.Broker.Cluster;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class ClusterReplayTests
{
    private static readonly ClusterRecord Begin = ClusterRecord.Of(new BeginTransactionRecord { Name = "x" });
    private static readonly ClusterRecord End = ClusterRecord.Of(new EndTransactionRecord());
    private static readonly ClusterRecord Abort = ClusterRecord.Of(new AbortTransactionRecord { Reason = "y" });

    private static ClusterRecord Feature(string name) => ClusterRecord.Of(new FeatureLevelRecord { Name = name, FeatureLevel = 1 });

    private static ClusterBatch Batch(long baseOffset, params ClusterRecord[] records) => new(baseOffset, baseOffset + records.Length, 3, 99, records);

    [Fact]
    public void Records_of_a_transaction_count_when_it_ends_even_in_a_later_batch()
    {
        var replay = new ClusterReplay(ClusterImage.Empty);
        replay.Add(Batch(0, Feature("a"), Begin, Feature("b")));
        Assert.True(replay.InTransaction);
        Assert.Equal(["a"], replay.Complete().After.Features.Keys);
        replay.Add(Batch(3, Feature("c"), End, Feature("d")));
        Assert.False(replay.InTransaction);
        var after = replay.Complete().After;
        Assert.Equal(["a", "b", "c", "d"], after.Features.Keys);
        Assert.Equal((5, 3, 99), (after.Offset, after.Epoch, after.TimestampMs));
    }

    [Fact]
    public void An_aborted_transaction_never_was()
    {
        var replay = new ClusterReplay(ClusterImage.Empty);
        replay.Add(Batch(0, Begin, Feature("a")));
        replay.Add(Batch(2, Abort, Feature("b")));
        Assert.Equal(["b"], replay.Complete().After.Features.Keys);
    }

    [Fact]
    public void A_gap_or_a_transaction_out_of_place_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => new ClusterReplay(ClusterImage.Empty).Add(Batch(1, Feature("a"))));
        Assert.Throws<InvalidDataException>(() => new ClusterReplay(ClusterImage.Empty).Add(Batch(0, End)));
        Assert.Throws<InvalidDataException>(() => new ClusterReplay(ClusterImage.Empty).Add(Batch(0, Begin, Begin)));
    }

    [Fact]
    public void A_snapshot_and_what_follows_it_make_the_image()
    {
        var replay = new ClusterReplay(ClusterImage.Empty);
        replay.Add(new ClusterSnapshot(100, 2, 5, [Feature("a")]));
        replay.Add(new ClusterBatch(100, 101, 3, 6, []));
        replay.Add(Batch(101, Feature("b")));
        var after = replay.Complete().After;
        Assert.Equal((101, 3), (after.Offset, after.Epoch));
        Assert.Equal(["a", "b"], after.Features.Keys);
    }
}

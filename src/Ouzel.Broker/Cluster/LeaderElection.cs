using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// Decides the next state of one partition when brokers come and go: who leads, who is in the ISR, who stays eligible to lead (KIP-966).
/// Answers a change record with only the fields that change, or null when nothing does.
/// </summary>
/// <param name="mayLead">Whether a broker may lead the partition: registered, unfenced, not shutting down, with its log directory online.</param>
/// <param name="isrMin">min.insync.replicas of the topic.</param>
/// <param name="keepsEligible">The cluster's feature eligible.leader.replicas.version is on.</param>
/// <param name="uncleanAllowed">unclean.leader.election.enable of the topic.</param>
internal readonly struct LeaderElection(Func<PartitionImage, int, bool> mayLead, int isrMin, bool keepsEligible, bool uncleanAllowed)
{
    private const int LeaderUnchanged = -2;

    /// <summary>The partition after <paramref name="brokerId"/> has gone. A broker that crashed may have lost what it had written: it is not eligible either.</summary>
    public PartitionChangeRecord? WithoutBroker(Uuid topicId, int index, PartitionImage partition, int brokerId, bool crashed)
    {
        var may = mayLead;
        var isr = Array.FindAll(partition.Isr, id => id != brokerId);
        var eligible = crashed ? Array.FindAll(partition.EligibleLeaders, id => id != brokerId) : partition.EligibleLeaders;
        if (isr.Length == 0 && !keepsEligible)
        {
            isr = partition.Isr; // Nobody else is known to have everything: the last member stays, without leading.
        }

        var draft = new Draft(partition, isr, eligible);
        if (keepsEligible)
        {
            draft.KeepEligible(IsrMin(partition), crashed ? brokerId : -1);
        }

        if (partition.Leader == brokerId || partition.Leader == PartitionImage.NoLeader)
        {
            Elect(draft, id => id != brokerId && may(partition, id));
        }

        return draft.ToRecord(topicId, index, keepsEligible);
    }

    /// <summary>The partition after brokers have become active: whoever may, leads a partition that nobody leads.</summary>
    public PartitionChangeRecord? WithLeader(Uuid topicId, int index, PartitionImage partition)
    {
        if (partition.Leader != PartitionImage.NoLeader)
        {
            return null;
        }

        var draft = new Draft(partition, partition.Isr, partition.EligibleLeaders);
        var may = mayLead;
        Elect(draft, id => may(partition, id));
        if (draft.Leader == PartitionImage.NoLeader)
        {
            return null;
        }

        if (keepsEligible)
        {
            draft.KeepEligible(IsrMin(partition), -1);
        }

        return draft.ToRecord(topicId, index, keepsEligible);
    }

    /// <summary>The partition led by <paramref name="leaderId"/>, who must be a member of the ISR.</summary>
    public PartitionChangeRecord WithLeader(Uuid topicId, int index, int leaderId) =>
        new() { PartitionId = index, TopicId = topicId, Leader = leaderId };

    /// <summary>
    /// First choice is the first active replica of the ISR, then one that is eligible, then the last known leader, then (if allowed) anybody.
    /// The last two may have lost records and therefore begin in recovery.
    /// </summary>
    private void Elect(Draft draft, Func<int, bool> active)
    {
        draft.Leader = PartitionImage.NoLeader;
        foreach (var id in draft.Before.Replicas)
        {
            if (active(id) && draft.Isr.Contains(id))
            {
                draft.Leader = id;
                return;
            }
        }

        foreach (var id in draft.Before.Replicas)
        {
            if (active(id) && draft.Eligible.Contains(id))
            {
                draft.Lead(id, clean: true);
                return;
            }
        }

        var onlyTheLastLeaderIsKnown = draft.Isr.Length + draft.Eligible.Length == 0 && draft.LastKnown.Length == 1;
        foreach (var id in draft.Before.Replicas)
        {
            if (active(id) && (uncleanAllowed || (onlyTheLastLeaderIsKnown && draft.LastKnown[0] == id)))
            {
                draft.Lead(id, clean: false);
                return;
            }
        }
    }

    private int IsrMin(PartitionImage partition) => Math.Min(isrMin, partition.Replicas.Length);

    private sealed class Draft(PartitionImage before, int[] isr, int[] eligible)
    {
        public PartitionImage Before { get; } = before;
        public int[] Isr { get; private set; } = isr;
        public int[] Eligible { get; private set; } = eligible;
        public int[] LastKnown { get; private set; } = before.LastKnownEligibleLeaders;
        public int Leader { get; set; } = before.Leader;
        private bool Unclean { get; set; }

        public void Lead(int id, bool clean)
        {
            Leader = id;
            Isr = [id];
            Eligible = Array.FindAll(Eligible, other => other != id);
            Unclean = !clean;
        }

        /// <summary>Whoever leaves an ISR that falls below its minimum stays eligible; an ISR at its minimum needs no others.</summary>
        public void KeepEligible(int isrMin, int crashedId)
        {
            if (Isr.Length >= isrMin)
            {
                Eligible = [];
                LastKnown = [];
                return;
            }

            var isr = Isr;
            Eligible = [.. Eligible.Union(Before.Isr).Where(id => id != crashedId && !isr.Contains(id))];
            if (Isr.Length == 0 && Before.Leader != PartitionImage.NoLeader)
            {
                LastKnown = [Before.Leader];
            }
        }

        public PartitionChangeRecord? ToRecord(Uuid topicId, int index, bool keepsEligible)
        {
            var record = new PartitionChangeRecord { PartitionId = index, TopicId = topicId };
            var changed = false;
            if (!Isr.SequenceEqual(Before.Isr))
            {
                record.Isr = [.. Isr];
                changed = true;
            }

            if (Leader != Before.Leader)
            {
                record.Leader = Leader;
                changed = true;
            }
            else
            {
                record.Leader = LeaderUnchanged;
            }

            if (Unclean && !Before.Recovering)
            {
                record.LeaderRecoveryState = 1;
                changed = true;
            }

            if (keepsEligible && !Eligible.SequenceEqual(Before.EligibleLeaders))
            {
                record.EligibleLeaderReplicas = [.. Eligible];
                changed = true;
            }

            if (keepsEligible && !LastKnown.SequenceEqual(Before.LastKnownEligibleLeaders))
            {
                record.LastKnownElr = [.. LastKnown];
                changed = true;
            }

            return changed ? record : null;
        }
    }
}

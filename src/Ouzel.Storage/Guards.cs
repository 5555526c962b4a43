using System.Diagnostics.CodeAnalysis;

namespace Ouzel.Storage;

/// <summary>A rule that keeps data safe. The simulator's tests take one away at a time and must then see something break.</summary>
public enum Guard
{
    /// <summary>No rule; nothing is removed.</summary>
    None,

    /// <summary>An acknowledgement with acks=all waits for the sync.</summary>
    AcknowledgeAfterSync,

    /// <summary>A sync that failed acknowledges nothing.</summary>
    FailedSyncAcknowledgesNothing,

    /// <summary>The name of a new segment is synced before what is in it counts as durable.</summary>
    SyncNewNames,

    /// <summary>Recovery stops at a batch whose checksum is wrong.</summary>
    RecoveryChecksums,

    /// <summary>A producer's batches come in sequence, and once.</summary>
    ProducerSequence,

    /// <summary>A coordinator answers when what the response rests on is committed.</summary>
    CoordinatorResponsesCommitted,

    /// <summary>Only a member of the present generation commits offsets.</summary>
    CommitGeneration,

    /// <summary>Responses leave in the order of the requests.</summary>
    ResponseOrder,

    /// <summary>A fetch that waits is told of an append.</summary>
    AppendsAreTold,

    /// <summary>DeleteRecords is answered when the new start is on the disk.</summary>
    DeletedRecordsStayDeleted,
}

/// <summary>Whether a guard stands: always, except in a test program that was built with the switch on and has removed it.</summary>
public static class Guards
{
    // Read once: the JIT folds it into the code, and a trimmed build, which sets it to false, keeps no trace of it.
    [FeatureSwitchDefinition("Ouzel.Guards.Removable")]
    internal static bool AreRemovable { get; } = AppContext.TryGetSwitch("Ouzel.Guards.Removable", out var isOn) && isOn;

    /// <summary>The one guard that is gone.</summary>
    internal static Guard Removed { get; set; }

    /// <summary>True unless a test removed the guard.</summary>
    public static bool Stands(Guard guard) => !AreRemovable || Removed != guard;
}

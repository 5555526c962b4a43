namespace Ouzel.Protocol;

/// <summary>The errors of Kafka's protocol. Values on the wire: they travel in responses, they are not thrown.</summary>
public enum ErrorCode : short
{
    /// <summary>Something failed that has no code of its own.</summary>
    UnknownServerError = -1,
    /// <summary>All went well.</summary>
    None = 0,
    /// <summary>The offset lies outside the partition's log.</summary>
    OffsetOutOfRange = 1,
    /// <summary>A batch's checksum, length or format is wrong.</summary>
    CorruptMessage = 2,
    /// <summary>The broker does not hold the topic or partition.</summary>
    UnknownTopicOrPartition = 3,
    /// <summary>The requested size is not usable.</summary>
    InvalidFetchSize = 4,
    /// <summary>The partition has no leader at the moment.</summary>
    LeaderNotAvailable = 5,
    /// <summary>The broker is not the partition's leader, or no replica of it.</summary>
    NotLeaderOrFollower = 6,
    /// <summary>The request was not finished in its time.</summary>
    RequestTimedOut = 7,
    /// <summary>The broker is not there.</summary>
    BrokerNotAvailable = 8,
    /// <summary>The replica is not there.</summary>
    ReplicaNotAvailable = 9,
    /// <summary>A batch is larger than the topic allows.</summary>
    MessageTooLarge = 10,
    /// <summary>The controller's epoch is an old one.</summary>
    StaleControllerEpoch = 11,
    /// <summary>The text committed with an offset is too long.</summary>
    OffsetMetadataTooLarge = 12,
    /// <summary>The connection broke before the response came.</summary>
    NetworkException = 13,
    /// <summary>The coordinator is still reading its partition.</summary>
    CoordinatorLoadInProgress = 14,
    /// <summary>There is no coordinator at the moment.</summary>
    CoordinatorNotAvailable = 15,
    /// <summary>The broker does not coordinate this group or transactional id.</summary>
    NotCoordinator = 16,
    /// <summary>The topic's name is not allowed, or the topic may not be written to.</summary>
    InvalidTopicException = 17,
    /// <summary>The records are larger than a segment.</summary>
    RecordListTooLarge = 18,
    /// <summary>Fewer replicas are in sync than the topic demands.</summary>
    NotEnoughReplicas = 19,
    /// <summary>Too few replicas were in sync once the records had been appended.</summary>
    NotEnoughReplicasAfterAppend = 20,
    /// <summary>acks is none of -1, 0 and 1.</summary>
    InvalidRequiredAcks = 21,
    /// <summary>The generation is not the group's present one.</summary>
    IllegalGeneration = 22,
    /// <summary>The member's protocols have nothing in common with the group's.</summary>
    InconsistentGroupProtocol = 23,
    /// <summary>The group's id is not usable.</summary>
    InvalidGroupId = 24,
    /// <summary>The group does not know the member.</summary>
    UnknownMemberId = 25,
    /// <summary>The session timeout lies outside the broker's bounds.</summary>
    InvalidSessionTimeout = 26,
    /// <summary>The group is rebalancing: join again.</summary>
    RebalanceInProgress = 27,
    /// <summary>The offsets are too large to be stored.</summary>
    InvalidCommitOffsetSize = 28,
    /// <summary>The caller may not use the topic.</summary>
    TopicAuthorizationFailed = 29,
    /// <summary>The caller may not use the group.</summary>
    GroupAuthorizationFailed = 30,
    /// <summary>The caller may not act on the cluster.</summary>
    ClusterAuthorizationFailed = 31,
    /// <summary>A record's timestamp lies outside the bounds.</summary>
    InvalidTimestamp = 32,
    /// <summary>The broker does not offer the SASL mechanism.</summary>
    UnsupportedSaslMechanism = 33,
    /// <summary>The request does not fit the state of the SASL exchange.</summary>
    IllegalSaslState = 34,
    /// <summary>The API has no such version.</summary>
    UnsupportedVersion = 35,
    /// <summary>A topic of this name exists.</summary>
    TopicAlreadyExists = 36,
    /// <summary>The number of partitions is not usable.</summary>
    InvalidPartitions = 37,
    /// <summary>The replication factor is not usable.</summary>
    InvalidReplicationFactor = 38,
    /// <summary>The assignment of replicas is not usable.</summary>
    InvalidReplicaAssignment = 39,
    /// <summary>A setting is not usable.</summary>
    InvalidConfig = 40,
    /// <summary>The node is not the active controller.</summary>
    NotController = 41,
    /// <summary>The request contradicts itself or the protocol.</summary>
    InvalidRequest = 42,
    /// <summary>The message format lacks what was asked for.</summary>
    UnsupportedForMessageFormat = 43,
    /// <summary>A policy forbids the change.</summary>
    PolicyViolation = 44,
    /// <summary>A producer's sequence number is not the next one.</summary>
    OutOfOrderSequenceNumber = 45,
    /// <summary>A producer's batch was appended before.</summary>
    DuplicateSequenceNumber = 46,
    /// <summary>The producer's epoch is an old one.</summary>
    InvalidProducerEpoch = 47,
    /// <summary>The transaction's state does not allow the step.</summary>
    InvalidTxnState = 48,
    /// <summary>The producer id belongs to another transactional id.</summary>
    InvalidProducerIdMapping = 49,
    /// <summary>The transaction timeout is longer than the broker allows.</summary>
    InvalidTransactionTimeout = 50,
    /// <summary>Another step of the same transaction is under way.</summary>
    ConcurrentTransactions = 51,
    /// <summary>The transaction coordinator is no longer the present one.</summary>
    TransactionCoordinatorFenced = 52,
    /// <summary>The caller may not use the transactional id.</summary>
    TransactionalIdAuthorizationFailed = 53,
    /// <summary>The node has no authorizer.</summary>
    SecurityDisabled = 54,
    /// <summary>The step was not tried, because one before it failed.</summary>
    OperationNotAttempted = 55,
    /// <summary>The disk failed.</summary>
    KafkaStorageError = 56,
    /// <summary>The log directory is not there.</summary>
    LogDirNotFound = 57,
    /// <summary>The client could not prove who it is.</summary>
    SaslAuthenticationFailed = 58,
    /// <summary>The broker remembers nothing of the producer.</summary>
    UnknownProducerId = 59,
    /// <summary>The partition is being moved.</summary>
    ReassignmentInProgress = 60,
    /// <summary>Delegation tokens are switched off.</summary>
    DelegationTokenAuthDisabled = 61,
    /// <summary>There is no such delegation token.</summary>
    DelegationTokenNotFound = 62,
    /// <summary>The delegation token belongs to somebody else.</summary>
    DelegationTokenOwnerMismatch = 63,
    /// <summary>Delegation tokens cannot be asked for on this connection.</summary>
    DelegationTokenRequestNotAllowed = 64,
    /// <summary>The caller may not use the delegation token.</summary>
    DelegationTokenAuthorizationFailed = 65,
    /// <summary>The delegation token has expired.</summary>
    DelegationTokenExpired = 66,
    /// <summary>The kind of principal is not supported.</summary>
    InvalidPrincipalType = 67,
    /// <summary>The group still has members.</summary>
    NonEmptyGroup = 68,
    /// <summary>There is no such group.</summary>
    GroupIdNotFound = 69,
    /// <summary>There is no such fetch session.</summary>
    FetchSessionIdNotFound = 70,
    /// <summary>The fetch session's epoch is not the next one.</summary>
    InvalidFetchSessionEpoch = 71,
    /// <summary>The leader has no listener of the name asked over.</summary>
    ListenerNotFound = 72,
    /// <summary>Deleting topics is switched off.</summary>
    TopicDeletionDisabled = 73,
    /// <summary>The client's leader epoch is older than the broker's.</summary>
    FencedLeaderEpoch = 74,
    /// <summary>The client's leader epoch is newer than the broker's.</summary>
    UnknownLeaderEpoch = 75,
    /// <summary>The client cannot read the batches' compression.</summary>
    UnsupportedCompressionType = 76,
    /// <summary>The broker's epoch is an old one.</summary>
    StaleBrokerEpoch = 77,
    /// <summary>The new leader does not know its high watermark yet.</summary>
    OffsetNotAvailable = 78,
    /// <summary>Join again with the member id in the response.</summary>
    MemberIdRequired = 79,
    /// <summary>The preferred leader is not there.</summary>
    PreferredLeaderNotAvailable = 80,
    /// <summary>The group is full.</summary>
    GroupMaxSizeReached = 81,
    /// <summary>Another member with the same instance id took over.</summary>
    FencedInstanceId = 82,
    /// <summary>No replica may become leader.</summary>
    EligibleLeadersNotAvailable = 83,
    /// <summary>The partition has the leader already.</summary>
    ElectionNotNeeded = 84,
    /// <summary>The partition is not being moved.</summary>
    NoReassignmentInProgress = 85,
    /// <summary>The group is subscribed to the topic.</summary>
    GroupSubscribedToTopic = 86,
    /// <summary>A record breaks the rules of its topic.</summary>
    InvalidRecord = 87,
    /// <summary>Offsets of an open transaction stand in the way.</summary>
    UnstableOffsetCommit = 88,
    /// <summary>The quota is used up.</summary>
    ThrottlingQuotaExceeded = 89,
    /// <summary>A newer producer took over the transactional id.</summary>
    ProducerFenced = 90,
    /// <summary>There is no such resource.</summary>
    ResourceNotFound = 91,
    /// <summary>The resource is named twice.</summary>
    DuplicateResource = 92,
    /// <summary>The credential is not usable.</summary>
    UnacceptableCredential = 93,
    /// <summary>The voters of sender and receiver differ.</summary>
    InconsistentVoterSet = 94,
    /// <summary>The update's version is not usable.</summary>
    InvalidUpdateVersion = 95,
    /// <summary>The features could not be updated.</summary>
    FeatureUpdateFailed = 96,
    /// <summary>The forwarded principal cannot be read.</summary>
    PrincipalDeserializationFailure = 97,
    /// <summary>There is no such snapshot.</summary>
    SnapshotNotFound = 98,
    /// <summary>The position lies outside the snapshot.</summary>
    PositionOutOfRange = 99,
    /// <summary>The broker knows no topic of this id.</summary>
    UnknownTopicId = 100,
    /// <summary>A broker of this id is registered and alive.</summary>
    DuplicateBrokerRegistration = 101,
    /// <summary>No broker of this id is registered.</summary>
    BrokerIdNotRegistered = 102,
    /// <summary>The topic's id is not the one the log has.</summary>
    InconsistentTopicId = 103,
    /// <summary>The request is meant for another cluster.</summary>
    InconsistentClusterId = 104,
    /// <summary>There is no such transactional id.</summary>
    TransactionalIdNotFound = 105,
    /// <summary>The fetch session mixes topic names and ids.</summary>
    FetchSessionTopicIdError = 106,
    /// <summary>A replica may not join the in-sync set.</summary>
    IneligibleReplica = 107,
    /// <summary>The change elected a new leader: nothing went wrong.</summary>
    NewLeaderElected = 108,
    /// <summary>The records are in remote storage only.</summary>
    OffsetMovedToTieredStorage = 109,
    /// <summary>The member's epoch is not its present one: join anew.</summary>
    FencedMemberEpoch = 110,
    /// <summary>The instance id is held by a member that has not left.</summary>
    UnreleasedInstanceId = 111,
    /// <summary>The broker has no such assignor.</summary>
    UnsupportedAssignor = 112,
    /// <summary>The member's epoch is an old one.</summary>
    StaleMemberEpoch = 113,
    /// <summary>The request came in on the wrong kind of endpoint.</summary>
    MismatchedEndpointType = 114,
    /// <summary>The kind of endpoint is not supported.</summary>
    UnsupportedEndpointType = 115,
    /// <summary>There is no controller of this id.</summary>
    UnknownControllerId = 116,
    /// <summary>The telemetry subscription is unknown or out of date.</summary>
    UnknownSubscriptionId = 117,
    /// <summary>The metrics are larger than allowed.</summary>
    TelemetryTooLarge = 118,
    /// <summary>The registration is not usable.</summary>
    InvalidRegistration = 119,
    /// <summary>The transaction failed and has to be aborted.</summary>
    TransactionAbortable = 120,
    /// <summary>A record of a share partition is not in a state for this.</summary>
    InvalidRecordState = 121,
    /// <summary>There is no such share session.</summary>
    ShareSessionNotFound = 122,
    /// <summary>The share session's epoch is not the next one.</summary>
    InvalidShareSessionEpoch = 123,
    /// <summary>The share partition's state epoch is an old one.</summary>
    FencedStateEpoch = 124,
    /// <summary>The voter's key is not the one known.</summary>
    InvalidVoterKey = 125,
    /// <summary>The voter is in the set already.</summary>
    DuplicateVoter = 126,
    /// <summary>The voter is not in the set.</summary>
    VoterNotFound = 127,
    /// <summary>The regular expression cannot be used.</summary>
    InvalidRegularExpression = 128,
    /// <summary>The client has to start again from its bootstrap servers.</summary>
    RebootstrapRequired = 129,
    /// <summary>The topology is not usable.</summary>
    StreamsInvalidTopology = 130,
    /// <summary>The topology's epoch is not usable.</summary>
    StreamsInvalidTopologyEpoch = 131,
    /// <summary>The topology's epoch is an old one.</summary>
    StreamsTopologyFenced = 132,
    /// <summary>The broker holds as many share sessions as it may.</summary>
    ShareSessionLimitReached = 133,
    /// <summary>The group could not be deleted.</summary>
    GroupDeletionFailed = 134,
    /// <summary>The description of the topology could not be kept.</summary>
    StreamsTopologyDescriptionUpdateFailed = 135,
    /// <summary>No controller is registered under the id.</summary>
    ControllerIdNotRegistered = 136,
}

/// <summary>Advice to a client on each error.</summary>
public static class ErrorCodes
{
    /// <summary>True when the same request may succeed later.</summary>
    public static bool IsRetriable(this ErrorCode error) => error is
        ErrorCode.CorruptMessage or ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower or
        ErrorCode.RequestTimedOut or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.CoordinatorLoadInProgress or
        ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or
        ErrorCode.NotController or ErrorCode.ConcurrentTransactions or ErrorCode.KafkaStorageError or ErrorCode.FetchSessionIdNotFound or
        ErrorCode.InvalidFetchSessionEpoch or ErrorCode.ListenerNotFound or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch or
        ErrorCode.OffsetNotAvailable or ErrorCode.PreferredLeaderNotAvailable or ErrorCode.EligibleLeadersNotAvailable or
        ErrorCode.ElectionNotNeeded or ErrorCode.UnstableOffsetCommit or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.UnknownTopicId or
        ErrorCode.InconsistentTopicId or ErrorCode.FetchSessionTopicIdError or ErrorCode.ShareSessionNotFound or ErrorCode.InvalidShareSessionEpoch or
        ErrorCode.ShareSessionLimitReached;

    /// <summary>True when the client should ask for metadata before it tries again.</summary>
    public static bool RefreshesMetadata(this ErrorCode error) => error is
        ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower or ErrorCode.ReplicaNotAvailable or
        ErrorCode.NetworkException or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator or ErrorCode.KafkaStorageError or
        ErrorCode.ListenerNotFound or ErrorCode.FencedLeaderEpoch or ErrorCode.PreferredLeaderNotAvailable or ErrorCode.EligibleLeadersNotAvailable or
        ErrorCode.ElectionNotNeeded or ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId;
}

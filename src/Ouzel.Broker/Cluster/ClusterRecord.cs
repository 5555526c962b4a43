using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// One record of the cluster's metadata, in KRaft's vocabulary. As bytes: three unsigned varints (frame version 1, key, version) and the message.
/// </summary>
internal sealed record ClusterRecord(short Key, short Version, IWireMessage Message)
{
    private const uint FrameVersion = 1;

    /// <summary>A record whose kind has one version.</summary>
    public static ClusterRecord Of<T>(T record)
        where T : IKafkaRecord => new(T.RecordType, T.LowestVersion, record);

    public static ClusterRecord Of(PartitionRecord record, MetadataVersion level) => new(PartitionRecord.RecordType, level.PartitionRecord, record);

    public static ClusterRecord Of(PartitionChangeRecord record, MetadataVersion level) =>
        new(PartitionChangeRecord.RecordType, level.PartitionChangeRecord, record);

    public static ClusterRecord Of(RegisterBrokerRecord record, MetadataVersion level) =>
        new(RegisterBrokerRecord.RecordType, level.RegisterBrokerRecord, record);

    /// <summary>Written in the lowest version that can say it, as Kafka does.</summary>
    public static ClusterRecord Of(BrokerRegistrationChangeRecord record)
    {
        var version = record.CordonedLogDirs is not null ? 3 : record.LogDirs.Count > 0 ? 2 : record.InControlledShutdown != 0 ? 1 : 0;
        return new(BrokerRegistrationChangeRecord.RecordType, (short)version, record);
    }

    /// <summary>Appends the record's bytes to <paramref name="writer"/>.</summary>
    public void Write(WireWriter writer)
    {
        writer.WriteUVarInt(FrameVersion);
        writer.WriteUVarInt((uint)Key);
        writer.WriteUVarInt((uint)Version);
        Message.Write(writer, Version);
    }

    /// <summary>Reads a record's value. The message keeps slices of <paramref name="value"/>.</summary>
    /// <exception cref="WireFormatException">The bytes are no record this program knows: the log was written by something newer, or is damaged.</exception>
    public static ClusterRecord Read(ReadOnlyMemory<byte> value)
    {
        var reader = new WireReader(value);
        var frame = reader.ReadUVarInt();
        if (frame != FrameVersion)
        {
            throw new WireFormatException($"Metadata record with frame version {frame}; known is {FrameVersion}");
        }

        var key = reader.ReadUVarInt();
        var version = reader.ReadUVarInt();
        var (message, versionMax) = Create(key);
        if (version > versionMax)
        {
            throw new WireFormatException($"Metadata record {key} has version {version}; the highest known is {versionMax}");
        }

        message.Read(ref reader, (short)version);
        return new((short)key, (short)version, message);
    }

    private static (IWireMessage Message, short VersionMax) Create(uint key) => key switch
    {
        0 => (new RegisterBrokerRecord(), RegisterBrokerRecord.HighestVersion),
        1 => (new UnregisterBrokerRecord(), UnregisterBrokerRecord.HighestVersion),
        2 => (new TopicRecord(), TopicRecord.HighestVersion),
        3 => (new PartitionRecord(), PartitionRecord.HighestVersion),
        4 => (new ConfigRecord(), ConfigRecord.HighestVersion),
        5 => (new PartitionChangeRecord(), PartitionChangeRecord.HighestVersion),
        7 => (new FenceBrokerRecord(), FenceBrokerRecord.HighestVersion),
        8 => (new UnfenceBrokerRecord(), UnfenceBrokerRecord.HighestVersion),
        9 => (new RemoveTopicRecord(), RemoveTopicRecord.HighestVersion),
        10 => (new DelegationTokenRecord(), DelegationTokenRecord.HighestVersion),
        11 => (new UserScramCredentialRecord(), UserScramCredentialRecord.HighestVersion),
        12 => (new FeatureLevelRecord(), FeatureLevelRecord.HighestVersion),
        14 => (new ClientQuotaRecord(), ClientQuotaRecord.HighestVersion),
        15 => (new ProducerIdsRecord(), ProducerIdsRecord.HighestVersion),
        17 => (new BrokerRegistrationChangeRecord(), BrokerRegistrationChangeRecord.HighestVersion),
        18 => (new AccessControlEntryRecord(), AccessControlEntryRecord.HighestVersion),
        19 => (new RemoveAccessControlEntryRecord(), RemoveAccessControlEntryRecord.HighestVersion),
        20 => (new NoOpRecord(), NoOpRecord.HighestVersion),
        21 => (new ZkMigrationStateRecord(), ZkMigrationStateRecord.HighestVersion),
        22 => (new RemoveUserScramCredentialRecord(), RemoveUserScramCredentialRecord.HighestVersion),
        23 => (new BeginTransactionRecord(), BeginTransactionRecord.HighestVersion),
        24 => (new EndTransactionRecord(), EndTransactionRecord.HighestVersion),
        25 => (new AbortTransactionRecord(), AbortTransactionRecord.HighestVersion),
        26 => (new RemoveDelegationTokenRecord(), RemoveDelegationTokenRecord.HighestVersion),
        27 => (new RegisterControllerRecord(), RegisterControllerRecord.HighestVersion),
        28 => (new ClearElrRecord(), ClearElrRecord.HighestVersion),
        29 => (new UnregisterControllerRecord(), UnregisterControllerRecord.HighestVersion),
        _ => throw new WireFormatException($"Metadata record with unknown key {key}"),
    };
}

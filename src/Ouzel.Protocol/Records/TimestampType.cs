namespace Ouzel.Protocol.Records;

/// <summary>The clock behind a batch's timestamps: bit 3 of its attributes (KIP-32).</summary>
public enum TimestampType : sbyte
{
    /// <summary>Magic 0 knows no timestamps.</summary>
    NoTimestamp = -1,

    /// <summary>The producer's time, per record.</summary>
    CreateTime = 0,

    /// <summary>The broker's time: the batch's maximum timestamp holds for all of its records.</summary>
    LogAppendTime = 1,
}

using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Records;

public readonly ref partial struct RecordBatch
{
    /// <summary>The first record from an offset on that is no older than a time. Of a packed batch no more is held than the codec's window.</summary>
    /// <param name="timestampMs">The time.</param>
    /// <param name="offsetMin">The first offset that counts.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="foundMs">The record's time.</param>
    /// <exception cref="RecordFormatException">The batch is broken before a record was found.</exception>
    public bool TryFind(long timestampMs, long offsetMin, out long offset, out long foundMs)
    {
        (offset, foundMs) = (-1, -1);
        if (Codec == CompressionCodec.None || RecordCount <= 0)
        {
            foreach (var record in Records())
            {
                (offset, foundMs) = (record.Offset, record.TimestampMs);
                if (foundMs >= timestampMs && offset >= offsetMin)
                {
                    return true;
                }
            }

            return false;
        }

        using var records = new PackedRecords();
        records.Begin(Codec, int.MaxValue);
        var budget = long.MaxValue;
        for (var i = 0; i < RecordCount && records.TryNext(RecordsPayload, ref budget); i++)
        {
            offset = BaseOffset + records.OffsetDelta;
            foundMs = TimestampType == TimestampType.LogAppendTime ? MaxTimestamp : BaseTimestamp + records.TimestampDelta;
            if (foundMs >= timestampMs && offset >= offsetMin)
            {
                return true;
            }
        }

        return false;
    }
}

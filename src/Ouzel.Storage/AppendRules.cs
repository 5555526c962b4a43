using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Storage;

/// <summary>The settings of a log as the validation of appends wants them; made once per change of the settings.</summary>
internal sealed class AppendRules
{
    public AppendRules(LogOptions options)
    {
        Options = options;
        Client = new ValidationRules
        {
            KeyRequired = options.Compact,
            TimestampType = options.TimestampType,
            TimestampBeforeMaxMs = options.TimestampBeforeMaxMs,
            TimestampAfterMaxMs = options.TimestampAfterMaxMs,
            MessageBytesMax = options.MessageBytesMax,
            DecompressedRecordBytesMax = options.DecompressedRecordBytesMax,
            Compression = options.Compression,
            Level = options.Compression is { } codec && options.LevelOf(codec) is { } level ? level : Compression.DefaultLevel,
        };
        OldClient = Client with { OldFormatsAllowed = true };
        Own = Client with { FromClient = false };
    }

    public LogOptions Options { get; }

    /// <summary>For producers.</summary>
    public ValidationRules Client { get; }

    /// <summary>For producers that speak Produce 0 to 2.</summary>
    public ValidationRules OldClient { get; }

    /// <summary>For the node's own batches.</summary>
    public ValidationRules Own { get; }
}

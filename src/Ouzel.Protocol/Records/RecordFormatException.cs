namespace Ouzel.Protocol.Records;

/// <summary>Record bytes that cannot be what they claim to be: a broken batch, record or compressed stream.</summary>
public class RecordFormatException : FormatException
{
    public RecordFormatException(string message)
        : base(message)
    {
    }

    public RecordFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A record of a packed batch that is larger than the topic lets it be.</summary>
public sealed class RecordTooLargeException(string message) : RecordFormatException(message);

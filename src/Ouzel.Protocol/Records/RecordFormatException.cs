namespace Ouzel.Protocol.Records;

/// <summary>Record bytes that cannot be what they claim to be: a broken batch, record or compressed stream.</summary>
public sealed class RecordFormatException : FormatException
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

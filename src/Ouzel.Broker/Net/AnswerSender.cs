using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Net;

/// <summary>Turns answers into bytes and sends them, several in one go. Used by one sender at a time.</summary>
internal sealed class AnswerSender(Transport transport, int sendBytesMax) : IDisposable
{
    private const int LengthBytes = 4;

    private readonly WireWriter _writer = new();

    /// <summary>Encodes and sends <paramref name="answers"/> in order. Returns the one that ends the connection, if one does; those before it have left.</summary>
    /// <exception cref="IOException">The pipe broke.</exception>
    public async ValueTask<PendingAnswer?> SendAsync(List<PendingAnswer> answers)
    {
        PendingAnswer? ending = null;
        try
        {
            foreach (PendingAnswer answer in answers)
            {
                if (answer.Fault is not null || answer.Context.ClosingReason is not null)
                {
                    ending = answer;
                    break;
                }

                if (answer.Context.Silent)
                {
                    continue;
                }

                Encode(answer);
                if (_writer.TotalLength >= sendBytesMax)
                {
                    await FlushAsync();
                }
            }

            await FlushAsync();
        }
        finally
        {
            // An idle connection owns no buffer.
            _writer.Dispose();
        }

        return ending;
    }

    /// <summary>Ends the connection; a send in progress fails.</summary>
    public void Dispose() => transport.Close();

    private void Encode(PendingAnswer answer)
    {
        int lengthAt = _writer.Reserve(LengthBytes);
        int before = _writer.TotalLength;
        ResponseHeader.Write(_writer, answer.Api.Key, answer.AnswerVersion, answer.Context.CorrelationId);
        answer.Response!.Write(_writer, answer.AnswerVersion);
        _writer.SetInt32(lengthAt, _writer.TotalLength - before);
    }

    private async ValueTask FlushAsync()
    {
        if (_writer.Length > 0)
        {
            await transport.SendAsync(_writer.WrittenMemory);
            _writer.Reset();
        }
    }
}

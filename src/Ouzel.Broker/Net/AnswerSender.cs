using System.Buffers;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;
using Ouzel.Storage;

namespace Ouzel.Broker.Net;

/// <summary>Turns answers into bytes and sends them, several in one go. Used by one sender at a time.</summary>
internal sealed class AnswerSender(Transport transport, int sendBytesMax) : IDisposable
{
    private const int LengthBytes = 4;

    /// <summary>Below it a copy is cheaper than another system call.</summary>
    private const int SliceBytesToSendFromFile = 16 * 1024;

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
            foreach (PendingAnswer answer in answers)
            {
                answer.Release();
            }

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
        if (_writer.Splices.Count > 0)
        {
            await SendSplicedAsync();
        }
        else if (_writer.Length > 0)
        {
            await transport.SendAsync(_writer.WrittenMemory);
        }

        _writer.Reset();
    }

    /// <summary>Gathers memory and small slices in their order into one buffer, which is sent whenever it is full; large slices go from the file.</summary>
    private async ValueTask SendSplicedAsync()
    {
        byte[] gathered = ArrayPool<byte>.Shared.Rent(Math.Min(_writer.TotalLength, sendBytesMax));
        try
        {
            int filled = 0;
            int written = 0;
            foreach (Splice splice in _writer.Splices)
            {
                filled = await GatherAsync(gathered, filled, written, splice.Position);
                written = splice.Position;
                using var slice = (FileSlice)splice.Source;
                if (slice.Length >= SliceBytesToSendFromFile)
                {
                    await transport.SendAsync(gathered.AsMemory(0, filled));
                    filled = 0;
                    await transport.SendAsync(slice);
                }
                else
                {
                    filled = await GatherAsync(gathered, filled, slice);
                }
            }

            filled = await GatherAsync(gathered, filled, written, _writer.Length);
            await transport.SendAsync(gathered.AsMemory(0, filled));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    /// <summary>Takes what was encoded from one position to another; returns how full the buffer is.</summary>
    private async ValueTask<int> GatherAsync(byte[] gathered, int filled, int from, int to)
    {
        while (from < to)
        {
            filled = await RoomAsync(gathered, filled);
            int count = Math.Min(to - from, gathered.Length - filled);
            _writer.WrittenSpan.Slice(from, count).CopyTo(gathered.AsSpan(filled));
            (from, filled) = (from + count, filled + count);
        }

        return filled;
    }

    private async ValueTask<int> GatherAsync(byte[] gathered, int filled, FileSlice slice)
    {
        for (int read = 0; read < slice.Length;)
        {
            filled = await RoomAsync(gathered, filled);
            int count = slice.Read(read, gathered.AsSpan(filled, Math.Min(slice.Length - read, gathered.Length - filled)));
            if (count == 0)
            {
                throw new IOException($"{slice.File.Path} was truncated while it was sent");
            }

            (read, filled) = (read + count, filled + count);
        }

        return filled;
    }

    private async ValueTask<int> RoomAsync(byte[] gathered, int filled)
    {
        if (filled < gathered.Length)
        {
            return filled;
        }

        await transport.SendAsync(gathered.AsMemory(0, filled));
        return 0;
    }
}

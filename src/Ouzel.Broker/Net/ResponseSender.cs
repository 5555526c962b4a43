using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;
using Ouzel.Storage;

namespace Ouzel.Broker.Net;

/// <summary>Turns answers into bytes and sends them, several in one go. Used by one sender at a time.</summary>
internal sealed class ResponseSender(Transport transport, MemoryBudget budget, int sendBytesMax) : IDisposable
{
    private const int LengthBytes = 4;

    /// <summary>Below it a copy is cheaper than another system call.</summary>
    private const int SliceBytesToSendFromFile = 16 * 1024;

    private readonly WireWriter _writer = new();

    /// <summary>The bytes held until the client has read them, as far as that is worth counting. Asked from any thread.</summary>
    public UnreadResponses Unread { get; } = new(budget);

    /// <summary>Encodes and sends <paramref name="answers"/> in order. Returns the one that ends the connection, if one does; those before it have left.</summary>
    /// <exception cref="Exception">The pipe broke: <see cref="Transport.IsLoss"/>.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PendingResponse?> SendAsync(List<PendingResponse> answers)
    {
        PendingResponse? ending = null;
        try
        {
            foreach (var answer in answers)
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
            foreach (var answer in answers)
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

    private void Encode(PendingResponse answer)
    {
        var lengthAt = _writer.Reserve(LengthBytes);
        var before = _writer.TotalLength;
        ResponseHeader.Write(_writer, answer.Api.Key, answer.ResponseVersion, answer.Context.CorrelationId);
        answer.Response!.Write(_writer, answer.ResponseVersion);
        _writer.SetInt32(lengthAt, _writer.TotalLength - before);
        answer.Record?.OnEncoded(_writer.TotalLength - before);
        answer.DropEncoded();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync()
    {
        var gatheredBytes = GatheredBytes();
        try
        {
            Unread.Hold((int)BitOperations.RoundUpToPowerOf2((uint)_writer.Length) + gatheredBytes);
            if (_writer.Splices.Count > 0)
            {
                await SendSplicedAsync(gatheredBytes);
            }
            else if (_writer.Length > 0)
            {
                await transport.SendAsync(_writer.WrittenMemory);
            }
        }
        finally
        {
            Unread.Release();
        }

        _writer.Reset();
    }

    /// <summary>
    /// The buffer for small slices and what is encoded around them: large slices go from the file, and what stands before them from where it was encoded. Small
    /// ones are read between the encoded bytes, so that many leave in one send.
    /// </summary>
    private int GatheredBytes()
    {
        var smallBytes = SmallBytes();
        return smallBytes == 0 ? 0 : Math.Min(_writer.Length + smallBytes, sendBytesMax);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendSplicedAsync(int gatheredBytes)
    {
        var gathered = gatheredBytes == 0 ? null : ArrayPool<byte>.Shared.Rent(gatheredBytes);
        try
        {
            var filled = 0;
            var written = 0;
            for (var i = 0; i < _writer.Splices.Count; i++)
            {
                var splice = _writer.Splices[i];
                using var slice = (FileSlice)splice.Source;
                var isLarge = slice.Length >= SliceBytesToSendFromFile;
                filled = await PassAsync(gathered, filled, written, splice.Position, isLarge);
                written = splice.Position;
                if (isLarge)
                {
                    await SendGatheredAsync(gathered, filled, isAhead: true);
                    filled = 0;
                    await transport.SendAsync(slice);
                }
                else
                {
                    filled = await GatherAsync(gathered!, filled, slice);
                }
            }

            filled = await PassAsync(gathered, filled, written, _writer.Length, isAhead: false);
            await SendGatheredAsync(gathered, filled, isAhead: false);
        }
        finally
        {
            if (gathered is not null)
            {
                ArrayPool<byte>.Shared.Return(gathered);
            }
        }
    }

    /// <summary>Bytes of slices that are not worth a system call of their own.</summary>
    private int SmallBytes()
    {
        long bytes = 0;
        for (var i = 0; i < _writer.Splices.Count; i++)
        {
            var length = _writer.Splices[i].Source.Length;
            bytes += length < SliceBytesToSendFromFile ? length : 0;
        }

        return (int)Math.Min(bytes, sendBytesMax);
    }

    /// <summary>Takes what was encoded from one position to another, or sends it where nothing is gathered.</summary>
    private ValueTask<int> PassAsync(byte[]? gathered, int filled, int from, int to, bool isAhead)
        => gathered is null ? SendEncodedAsync(from, to, isAhead) : GatherAsync(gathered, filled, from, to);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendEncodedAsync(int from, int to, bool isAhead)
    {
        if (from < to)
        {
            await SendAsync(_writer.WrittenMemory[from..to], isAhead);
        }

        return 0;
    }

    private ValueTask SendGatheredAsync(byte[]? gathered, int filled, bool isAhead)
        => filled == 0 ? default : SendAsync(gathered.AsMemory(0, filled), isAhead);

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool isAhead)
        => isAhead ? transport.SendAheadAsync(bytes) : transport.SendAsync(bytes);

    /// <summary>Takes what was encoded from one position to another; returns how full the buffer is.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> GatherAsync(byte[] gathered, int filled, int from, int to)
    {
        while (from < to)
        {
            filled = await RoomAsync(gathered, filled);
            var count = Math.Min(to - from, gathered.Length - filled);
            _writer.WrittenSpan.Slice(from, count).CopyTo(gathered.AsSpan(filled));
            (from, filled) = (from + count, filled + count);
        }

        return filled;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> GatherAsync(byte[] gathered, int filled, FileSlice slice)
    {
        for (var read = 0; read < slice.Length;)
        {
            filled = await RoomAsync(gathered, filled);
            var count = slice.Read(read, gathered.AsSpan(filled, Math.Min(slice.Length - read, gathered.Length - filled)));
            if (count == 0)
            {
                throw new IOException($"{slice.File.Path} was truncated while it was sent");
            }

            (read, filled) = (read + count, filled + count);
        }

        return filled;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
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

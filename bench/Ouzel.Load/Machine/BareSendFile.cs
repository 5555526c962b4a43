using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load.Machine;

/// <summary>What the bare loop serves.</summary>
/// <param name="Directory">Of the file.</param>
/// <param name="FileBytes">About its size.</param>
/// <param name="FetchBytes">Of batches in each answer.</param>
/// <param name="Records">What the file is full of.</param>
internal sealed record BareSendFileShape(string Directory, long FileBytes, int FetchBytes, ProduceShape Records);

/// <summary>
/// The floor under a consume: answers each frame with a prepared header and the next bytes of a file in the page cache, by sendfile. A blocking thread per connection:
/// recv, send with MSG_MORE, sendfile and nothing else. Positions go on by whole batches, as a consumer's do, so the processor's caches are as cold as a broker's.
/// </summary>
internal sealed unsafe class BareSendFile(BareSendFileShape shape)
{
    private const int SizeBytes = 4, CorrelationAt = 8, RequestBytesMax = 64 << 10;
    private byte[] _header = [];
    private int _batchBytes;
    private long _fileBytes;

    public void Run(Func<Socket> listen)
    {
        FileStream file = Fill();
        using Socket listener = listen();
        while (true)
        {
            Socket socket = listener.Accept();
            socket.NoDelay = true;
            new Thread(() => Serve(socket, file.SafeFileHandle)) { IsBackground = true }.Start();
        }
    }

    private FileStream Fill()
    {
        (byte[] batch, int records) = ProduceLoad.Batch(shape.Records);
        _batchBytes = batch.Length;
        if (shape.FetchBytes < _batchBytes)
        {
            throw new LoadException($"--fetch-bytes {shape.FetchBytes} is less than a batch of {_batchBytes}");
        }

        FileStream file = BareServer.NewFile(shape.Directory);
        for (long offset = 0; _fileBytes < shape.FileBytes || _fileBytes < shape.FetchBytes; offset += records)
        {
            BinaryPrimitives.WriteInt64BigEndian(batch, offset);
            file.Write(batch);
            _fileBytes += batch.Length;
        }

        var data = new FetchResponse.PartitionData
        {
            HighWatermark = long.MaxValue,
            LastStableOffset = long.MaxValue,
            LogStartOffset = 0,
            Records = new MemoryRecords(new byte[shape.FetchBytes]),
        };
        var response = new FetchResponse { Responses = [new FetchResponse.FetchableTopicResponse { Topic = "bare", Partitions = [data] }] };
        // Records are the last field of this version, so all before them is the header.
        _header = BareAnswer.Encode(response, ApiKey.Fetch, ConsumeLoad.Version)[..^shape.FetchBytes];
        return file;
    }

    private void Serve(Socket socket, SafeFileHandle file)
    {
        int descriptor = (int)socket.Handle;
        byte* buffer = (byte*)NativeMemory.Alloc(RequestBytesMax);
        byte[] header = [.. _header];
        long position = 0;
        int held = 0;
        while (Native.recv(descriptor, buffer + held, (nuint)(RequestBytesMax - held), 0) is > 0 and var received)
        {
            held += (int)received;
            int at = 0;
            while (held - at >= CorrelationAt + sizeof(int) && SizeBytes + BinaryPrimitives.ReverseEndianness(*(int*)(buffer + at)) is var bytes && held - at >= bytes)
            {
                new Span<byte>(buffer + at + CorrelationAt, sizeof(int)).CopyTo(header.AsSpan(SizeBytes));
                if (!Answer(descriptor, header, file, position))
                {
                    held = at = 0;
                    break;
                }

                at += bytes;
                position += shape.FetchBytes / _batchBytes * _batchBytes;
                position = position + shape.FetchBytes > _fileBytes ? 0 : position;
            }

            Buffer.MemoryCopy(buffer + at, buffer, RequestBytesMax, held - at);
            held -= at;
        }

        NativeMemory.Free(buffer);
        socket.Dispose();
    }

    private bool Answer(int descriptor, byte[] header, SafeFileHandle file, long position)
    {
        fixed (byte* bytes = header)
        {
            if (Native.send(descriptor, bytes, (nuint)header.Length, Native.More | Native.NoSignal) != header.Length)
            {
                return false;
            }
        }

        for (long remaining = shape.FetchBytes; remaining > 0;)
        {
            nint sent = Native.sendfile(descriptor, file, &position, (nuint)remaining);
            if (sent <= 0)
            {
                return false;
            }

            remaining -= sent;
        }

        return true;
    }
}

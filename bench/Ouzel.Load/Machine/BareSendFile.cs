using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Load.Machine;

/// <summary>The shape of what the bare loop serves.</summary>
/// <param name="Directory">Of the file.</param>
/// <param name="FileBytes">About its size.</param>
/// <param name="FetchBytes">Of batches in each response.</param>
/// <param name="Records">What the file is full of.</param>
/// <param name="File">A file of such batches that is there already, for instance a broker's log: then both serve the same pages. Null makes one.</param>
internal sealed record BareSendFileShape(string Directory, long FileBytes, int FetchBytes, ProduceShape Records, string? File = null);

/// <summary>
/// The floor under a consume: answers each frame with a prepared header and the next bytes of a file in the page cache, by sendfile. A thread per connection:
/// recv, send with MSG_MORE, sendfile, epoll_wait when there is nothing to receive or no room to send, and nothing else. (Blocking sockets cost a tenth more: they wake for
/// less room.) Positions go on by whole batches, as a consumer's do, so the processor's caches are as cold as a broker's.
/// </summary>
internal sealed unsafe class BareSendFile(BareSendFileShape shape)
{
    private const int SizeBytes = 4, CorrelationAt = 8, RequestBytesMax = 64 << 10;
    private byte[] _header = [];
    private int _batchBytes;
    private long _fileBytes;

    public void Run(Func<Socket> listen)
    {
        var file = Fill();
        using var listener = listen();
        while (true)
        {
            var socket = listener.Accept();
            socket.NoDelay = true;
            socket.Blocking = false;
            new Thread(() => Serve(socket, file.SafeFileHandle)) { IsBackground = true }.Start();
        }
    }

    private FileStream Fill()
    {
        var (batch, records) = ProduceLoad.Batch(shape.Records);
        _batchBytes = batch.Length;
        if (shape.FetchBytes < _batchBytes)
        {
            throw new LoadException($"--fetch-bytes {shape.FetchBytes} is less than a batch of {_batchBytes}");
        }

        PrepareHeader();
        if (shape.File is not null)
        {
            var existing = new FileStream(shape.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            _fileBytes = existing.Length;
            return existing;
        }

        var file = BareServer.NewFile(shape.Directory);
        for (long offset = 0; _fileBytes < shape.FileBytes || _fileBytes < shape.FetchBytes; offset += records)
        {
            BinaryPrimitives.WriteInt64BigEndian(batch, offset);
            file.Write(batch);
            _fileBytes += batch.Length;
        }

        return file;
    }

    private void PrepareHeader()
    {
        var data = new FetchResponse.PartitionData
        {
            HighWatermark = long.MaxValue,
            LastStableOffset = long.MaxValue,
            LogStartOffset = 0,
            Records = new MemoryRecords(new byte[shape.FetchBytes]),
        };
        var response = new FetchResponse { Responses = [new FetchResponse.FetchableTopicResponse { Topic = "bare", Partitions = [data] }] };
        // Records are the last field of this version, so all before them is the header.
        _header = BareResponse.Encode(response, ApiKey.Fetch, ConsumeLoad.Version)[..^shape.FetchBytes];
    }

    private void Serve(Socket socket, SafeFileHandle file)
    {
        var peer = new Peer((int)socket.Handle);
        byte[] header = [.. _header];
        var buffer = (byte*)NativeMemory.Alloc(RequestBytesMax);
        long position = 0;
        var held = 0;
        while (peer.Receive(buffer + held, RequestBytesMax - held) is > 0 and var received)
        {
            held += (int)received;
            var at = 0;
            while (held - at >= CorrelationAt + sizeof(int) && SizeBytes + BinaryPrimitives.ReverseEndianness(*(int*)(buffer + at)) is var bytes && held - at >= bytes)
            {
                new Span<byte>(buffer + at + CorrelationAt, sizeof(int)).CopyTo(header.AsSpan(SizeBytes));
                if (!peer.Send(header) || !peer.Send(file, position, shape.FetchBytes))
                {
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

    /// <summary>A socket that does not block, and an epoll of its own that waits for it.</summary>
    private readonly struct Peer
    {
        private readonly int _descriptor;
        private readonly int _epoll = Native.CreatePoll();

        public Peer(int descriptor)
        {
            _descriptor = descriptor;
            Native.Control(_epoll, Native.EpollAdd, descriptor, Native.EpollIn | Native.EpollOut | Native.EpollEdge);
        }

        public nint Receive(byte* to, int bytes)
        {
            nint received;
            while ((received = Native.recv(_descriptor, to, (nuint)bytes, 0)) < 0 && Waited())
            {
            }

            return received;
        }

        public bool Send(byte[] header)
        {
            fixed (byte* bytes = header)
            {
                nint sent;
                while ((sent = Native.send(_descriptor, bytes, (nuint)header.Length, Native.More | Native.NoSignal)) < 0 && Waited())
                {
                }

                return sent == header.Length;
            }
        }

        public bool Send(SafeFileHandle file, long position, long bytes)
        {
            while (bytes > 0)
            {
                var sent = Native.sendfile(_descriptor, file, &position, (nuint)bytes);
                if (sent == 0 || sent < 0 && !Waited())
                {
                    return false;
                }

                bytes -= Math.Max(0, sent);
            }

            return true;
        }

        /// <summary>True when the call that failed may be made again, after a wait if it would have had to.</summary>
        private bool Waited()
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Native.Again)
            {
                var events = stackalloc byte[32];
                _ = Native.Poll(_epoll, events, 1);
            }

            return error is Native.Again or Native.Interrupted;
        }
    }
}

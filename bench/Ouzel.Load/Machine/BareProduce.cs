using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Load.Machine;

/// <summary>The way the bare loop writes.</summary>
/// <param name="Directory">Of the file.</param>
/// <param name="ReserveBytes">Room reserved ahead of the end, 0 for none: what a broker may do to make the same write cheaper.</param>
/// <param name="BufferBytes">Of one receive.</param>
/// <param name="IsStream">Writes what a receive brought instead of waiting for whole frames: less than any broker can do, to see what the frames cost.</param>
internal sealed record BareProduceShape(string Directory, long ReserveBytes, int BufferBytes, bool IsStream);

/// <summary>
/// The floor under a produce: receives Kafka's frames, appends them to a new file, answers each with a prepared answer. One thread, epoll, recv, pwrite, send and nothing
/// else: no decoding, no checksum, no index, no lock. The file is new for each run: it begins with the first connection and ends with the last.
/// </summary>
internal sealed unsafe class BareProduce(BareProduceShape shape)
{
    private const int EventsMax = 512, ResponsesMax = 4096, SizeBytes = 4, CorrelationAt = 8;
    private readonly Dictionary<int, Peer> _peers = [];
    private readonly Stack<nint> _buffers = new();
    private readonly byte[] _template = Template();
    private readonly int _epoll = Native.CreatePoll();
    private FileStream? _file;
    private long _position;
    private long _reserved;
    private byte* _responses;
    private int _answerCount;

    public void Run(Socket listener)
    {
        _responses = (byte*)NativeMemory.Alloc((nuint)(ResponsesMax * _template.Length));
        var events = (byte*)NativeMemory.Alloc((nuint)(EventsMax * Native.EventBytes));
        var listening = (int)listener.Handle;
        Native.Control(_epoll, Native.EpollAdd, listening, Native.EpollIn);
        while (true)
        {
            var count = Native.Poll(_epoll, events, EventsMax);
            for (var i = 0; i < count; i++)
            {
                var descriptor = Native.EventDescriptor(events, i);
                if (descriptor == listening)
                {
                    Accept(listener);
                }
                else if (!Serve(_peers[descriptor]))
                {
                    Close(_peers[descriptor]);
                }
            }
        }
    }

    private void Accept(Socket listener)
    {
        var socket = listener.Accept();
        socket.NoDelay = true;
        socket.Blocking = false;
        if (_file is null)
        {
            _file = BareServer.NewFile(shape.Directory);
            _position = _reserved = 0;
        }

        var peer = new Peer(socket);
        _peers.Add(peer.Descriptor, peer);
        Native.Control(_epoll, Native.EpollAdd, peer.Descriptor, Native.EpollIn);
    }

    private void Close(Peer peer)
    {
        _peers.Remove(peer.Descriptor);
        ReturnBuffer(peer);
        peer.Socket.Dispose();
        if (_peers.Count == 0)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>One receive and what follows from it. False when the peer has gone.</summary>
    private bool Serve(Peer peer)
    {
        if (peer.Buffer == null)
        {
            peer.Buffer = _buffers.TryPop(out var idle) ? (byte*)idle : (byte*)NativeMemory.Alloc((nuint)shape.BufferBytes);
            peer.Start = peer.End = 0;
        }

        var received = Native.recv(peer.Descriptor, peer.Buffer + peer.End, (nuint)(shape.BufferBytes - peer.End), 0);
        if (received <= 0)
        {
            return received < 0 && Marshal.GetLastPInvokeError() is Native.Again or Native.Interrupted;
        }

        var arrived = peer.End;
        peer.End += (int)received;
        var whole = WholeFrames(peer);
        var (from, to) = shape.IsStream ? (arrived, peer.End) : (peer.Start, whole);
        Append(peer.Buffer + from, to - from);
        peer.Start = whole;
        MakeRoom(peer);
        return _answerCount == 0 || Answer(peer);
    }

    /// <summary>Finds where the last whole frame ends; prepares a response for each.</summary>
    private int WholeFrames(Peer peer)
    {
        var at = peer.Start;
        while (peer.End - at >= CorrelationAt + sizeof(int))
        {
            var bytes = SizeBytes + BinaryPrimitives.ReverseEndianness(*(int*)(peer.Buffer + at));
            if (bytes > shape.BufferBytes)
            {
                throw new LoadException($"A frame of {bytes} bytes does not fit into --buffer-bytes {shape.BufferBytes}");
            }

            if (peer.End - at < bytes || _answerCount == ResponsesMax)
            {
                break;
            }

            var answer = _responses + (_answerCount++ * _template.Length);
            _template.CopyTo(new Span<byte>(answer, _template.Length));
            *(int*)(answer + SizeBytes) = *(int*)(peer.Buffer + at + CorrelationAt);
            at += bytes;
        }

        return at;
    }

    private void Append(byte* from, int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        if (shape.ReserveBytes > 0 && _position + bytes > _reserved)
        {
            Native.Reserve(_file!.SafeFileHandle, _position, shape.ReserveBytes);
            _reserved = _position + shape.ReserveBytes;
        }

        Native.Write(_file!.SafeFileHandle, from, bytes, _position);
        _position += bytes;
    }

    private void MakeRoom(Peer peer)
    {
        if (peer.Start == peer.End)
        {
            ReturnBuffer(peer);
        }
        else if (peer.End - peer.Start >= SizeBytes && peer.Start + SizeBytes + BinaryPrimitives.ReverseEndianness(*(int*)(peer.Buffer + peer.Start)) > shape.BufferBytes
            || peer.End == shape.BufferBytes)
        {
            Buffer.MemoryCopy(peer.Buffer + peer.Start, peer.Buffer, shape.BufferBytes, peer.End - peer.Start);
            peer.End -= peer.Start;
            peer.Start = 0;
        }
    }

    /// <summary>The responses are a few bytes each and the client reads them, so the socket always has room.</summary>
    private bool Answer(Peer peer)
    {
        var bytes = _answerCount * _template.Length;
        _answerCount = 0;
        return Native.send(peer.Descriptor, _responses, (nuint)bytes, Native.NoSignal) == bytes;
    }

    private void ReturnBuffer(Peer peer)
    {
        if (peer.Buffer != null)
        {
            _buffers.Push((nint)peer.Buffer);
            peer.Buffer = null;
        }
    }

    private static byte[] Template()
    {
        var partition = new ProduceResponse.PartitionProduceResponse();
        var response = new ProduceResponse { Responses = [new ProduceResponse.TopicProduceResponse { Name = "bare", PartitionResponses = [partition] }] };
        return BareResponse.Encode(response, ApiKey.Produce, ProduceLoad.Version);
    }

    private sealed class Peer(Socket socket)
    {
        public Socket Socket => socket;

        public int Descriptor { get; } = (int)socket.Handle;

        public byte* Buffer { get; set; }

        public int Start { get; set; }

        public int End { get; set; }
    }
}

/// <summary>Answers prepared once.</summary>
internal static class BareResponse
{
    /// <summary>The whole frame with its size; the correlation id follows the size.</summary>
    public static byte[] Encode(IKafkaResponse response, ApiKey key, short version)
    {
        using var writer = new WireWriter();
        writer.Reserve(sizeof(int));
        ResponseHeader.Write(writer, key, version, 0);
        response.Write(writer, version);
        writer.SetInt32(0, writer.Length - sizeof(int));
        return writer.WrittenSpan.ToArray();
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ouzel.Broker.Net;

/// <summary>The calls that Linux has on a socket and the runtime does not offer, or only by way of an allocation and another thread. Each returns at once.</summary>
internal static partial class LinuxSocket
{
    private const int TcpLevel = 6;
    private const int TcpNotSentLowWater = 25;
    private const int UnixFamily = 1;
    private const int StreamCloseOnExec = 1 | 0x80000;
    private const int Again = 11;
    private const int Interrupted = 4;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int More = 0x8000;
    private const short PollError = 0x8;
    private const short PollHangUp = 0x10;
    private const short PollPeerSendsNoMore = 0x2000;

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Bytes sent, 0 at the end of the file, -1 when the socket takes no more now.</summary>
    /// <exception cref="IOException">The connection or the file failed.</exception>
    public static int TrySendFile(Socket socket, SafeFileHandle file, long position, int length)
    {
        while (true)
        {
            nint sent;
            try
            {
                sent = sendfile(socket.SafeHandle, file, ref position, (nuint)length);
            }
            catch (ObjectDisposedException e)
            {
                throw new IOException(e.Message, e);
            }

            if (sent >= 0 || !IsInterrupted("sendfile"))
            {
                return (int)sent;
            }
        }
    }

    /// <summary>Bytes sent, which may be none, without a segment of their own: what is sent next goes with them.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    public static int TrySendAhead(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            nint sent;
            try
            {
                sent = send(socket.SafeHandle, bytes, (nuint)bytes.Length, DontWait | NoSignal | More);
            }
            catch (ObjectDisposedException e)
            {
                throw new IOException(e.Message, e);
            }

            if (sent >= 0 || !IsInterrupted("send"))
            {
                return Math.Max((int)sent, 0);
            }
        }
    }

    /// <summary>Bounds what the kernel takes of a client's answers before it can send them (TCP_NOTSENT_LOWAT).</summary>
    /// <exception cref="SocketException">The peer has gone.</exception>
    public static void BoundUnsent(Socket socket, int bytes)
    {
        if (IsAvailable)
        {
            socket.SetRawSocketOption(TcpLevel, TcpNotSentLowWater, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(ref bytes)));
        }
    }

    /// <summary>Tells whether the peer has left, also behind bytes that were not received yet: a receive would tell only after those.</summary>
    public static Peer PeerOf(Socket socket)
    {
        if (!IsAvailable)
        {
            return Peer.There;
        }

        var isHeld = false;
        var handle = socket.SafeHandle;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            var asked = new Polled { Descriptor = (int)handle.DangerousGetHandle(), Wanted = PollPeerSendsNoMore };
            return poll(ref asked, 1, 0) <= 0 ? Peer.There
                : (asked.Found & (PollError | PollHangUp)) != 0 ? Peer.Gone
                : (asked.Found & PollPeerSendsNoMore) != 0 ? Peer.SendsNoMore
                : Peer.There;
        }
        catch (ObjectDisposedException)
        {
            return Peer.Gone;
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>Two sockets of this process that are connected to each other; false where there are none to be had.</summary>
    public static bool TryMakePair([NotNullWhen(true)] out Socket? one, [NotNullWhen(true)] out Socket? other)
    {
        (one, other) = (null, null);
        Span<int> descriptors = stackalloc int[2];
        if (!IsAvailable || socketpair(UnixFamily, StreamCloseOnExec, 0, descriptors) != 0)
        {
            return false;
        }

        one = new Socket(new SafeSocketHandle(descriptors[0], ownsHandle: true));
        other = new Socket(new SafeSocketHandle(descriptors[1], ownsHandle: true));
        return true;
    }

    /// <summary>True: once more. False: the socket takes no more now.</summary>
    private static bool IsInterrupted(string call) => Marshal.GetLastPInvokeError() switch
    {
        Again => false,
        Interrupted => true,
        var error => throw new IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}"),
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendfile(SafeSocketHandle socket, SafeFileHandle file, ref long position, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, nuint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, Span<int> descriptors);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref Polled descriptors, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ouzel.Broker.Net;

/// <summary>Linux's sendfile and its flag for more to come, on a socket that does not block. The runtime's own way to the one allocates and leaves the calling thread; it has none to the other.</summary>
internal static partial class SendFile
{
    private const int Again = 11;
    private const int Interrupted = 4;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int More = 0x8000;

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Bytes sent, 0 at the end of the file, -1 when the socket takes no more now.</summary>
    /// <exception cref="IOException">The connection or the file failed.</exception>
    public static int TrySend(Socket socket, SafeFileHandle file, long position, int length)
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
}

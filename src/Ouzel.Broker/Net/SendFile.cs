using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ouzel.Broker.Net;

/// <summary>Linux's sendfile on a socket that does not block. The runtime's own way to it allocates and leaves the calling thread.</summary>
internal static partial class SendFile
{
    private const int Again = 11;
    private const int Interrupted = 4;

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

            if (sent >= 0)
            {
                return (int)sent;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Again:
                    return -1;
                case Interrupted:
                    continue;
                case var error:
                    throw new IOException($"sendfile failed: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendfile(SafeSocketHandle socket, SafeFileHandle file, ref long position, nuint count);
}

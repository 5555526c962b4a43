using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ouzel.Load.Machine;

/// <summary>One thing that the machine can do.</summary>
/// <param name="Name">What.</param>
/// <param name="MegabytesPerSecond">10^6 bytes.</param>
/// <param name="SecondsPerGigabyte">CPU per 10^9 bytes of the side that is named.</param>
/// <param name="P50Ms">Of one step, where steps are timed.</param>
/// <param name="P99Ms">The same.</param>
internal sealed record MachineLimit(string Name, double MegabytesPerSecond, double SecondsPerGigabyte, double P50Ms = 0, double P99Ms = 0);

/// <summary>The machine's own charge for the steps that every broker consists of.</summary>
internal static unsafe class MachineLimits
{
    private const int ReceiveBytes = 256 << 10, FileBytesMax = 1 << 30, ReserveBytes = 64 << 20;

    public static IEnumerable<MachineLimit> Measure(string directory, double seconds)
    {
        foreach (var bytes in (int[])[1 << 20, 64 << 10])
        {
            var (send, receive) = Loopback(bytes, seconds);
            yield return send;
            yield return receive;
        }

        yield return PageCache(directory, 64 << 10, reserve: false, seconds);
        yield return PageCache(directory, 64 << 10, reserve: true, seconds);
        foreach (var bytes in (int[])[4 << 10, 64 << 10, 1 << 20])
        {
            yield return Sync(directory, bytes, seconds);
        }
    }

    public static string Table(IEnumerable<MachineLimit> limits)
    {
        var lines = new List<string> { $"| {"the machine itself",-44} |     MB/s | CPU s/GB |   p50 ms |   p99 ms |", "|---|---|---|---|---|" };
        lines.AddRange(limits.Select(l => $"| {l.Name,-44} | {l.MegabytesPerSecond,8:N0} | {l.SecondsPerGigabyte,8:N3} | {Time(l.P50Ms),8} | {Time(l.P99Ms),8} |"));
        return string.Join('\n', lines);
        static string Time(double ms) => ms > 0 ? $"{ms:N2}" : "";
    }

    /// <summary>The disk's own: an append to a file whose room is reserved, then fdatasync.</summary>
    public static MachineLimit Sync(string directory, int bytes, double seconds)
    {
        using var file = BareServer.NewFile(directory);
        var buffer = (byte*)NativeMemory.AllocZeroed((nuint)bytes);
        var latencies = new Latencies();
        long position = 0, reserved = 0, began = Stopwatch.GetTimestamp();
        var before = Native.ThreadTime();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            if (position + bytes > reserved)
            {
                Native.Reserve(file.SafeFileHandle, position, ReserveBytes);
                reserved = position + ReserveBytes;
            }

            var at = Stopwatch.GetTimestamp();
            Native.Write(file.SafeFileHandle, buffer, bytes, position);
            Native.SyncData(file.SafeFileHandle);
            latencies.Add(Stopwatch.GetElapsedTime(at));
            position += bytes;
        }

        var cpu = Native.ThreadTime() - before;
        NativeMemory.Free(buffer);
        return new MachineLimit($"fdatasync of an append, {bytes >> 10} KiB", position / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6, cpu.Total * 1e9 / position,
            latencies.PercentileMs(0.5), latencies.PercentileMs(0.99));
    }

    private static (MachineLimit Send, MachineLimit Receive) Loopback(int bytes, double seconds)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndPoint!);
        using var receiver = listener.Accept();
        long received = 0;
        CpuTime receiving = default;
        var thread = new Thread(() =>
        {
            var buffer = new byte[ReceiveBytes];
            var before = Native.ThreadTime();
            while (receiver.Receive(buffer) is > 0 and var count)
            {
                received += count;
            }

            receiving = Native.ThreadTime() - before;
        });
        thread.Start();
        var block = new byte[bytes];
        long began = Stopwatch.GetTimestamp(), sent = 0;
        var sendingBefore = Native.ThreadTime();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            sent += sender.Send(block);
        }

        var sending = Native.ThreadTime() - sendingBefore;
        sender.Shutdown(SocketShutdown.Send);
        thread.Join();
        var rate = received / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6;
        return (new MachineLimit($"loopback, sends of {bytes >> 10} KiB: the sender", rate, sending.Total * 1e9 / sent),
            new MachineLimit($"loopback, sends of {bytes >> 10} KiB: the receiver", rate, receiving.Total * 1e9 / received));
    }

    private static MachineLimit PageCache(string directory, int bytes, bool reserve, double seconds)
    {
        var buffer = (byte*)NativeMemory.AllocZeroed((nuint)bytes);
        using var file = BareServer.NewFile(directory);
        long position = 0, reserved = 0, began = Stopwatch.GetTimestamp();
        var before = Native.ThreadTime();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds && position < FileBytesMax)
        {
            if (reserve && position + bytes > reserved)
            {
                Native.Reserve(file.SafeFileHandle, position, ReserveBytes);
                reserved = position + ReserveBytes;
            }

            Native.Write(file.SafeFileHandle, buffer, bytes, position);
            position += bytes;
        }

        var cpu = Native.ThreadTime() - before;
        var rate = position / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6;
        NativeMemory.Free(buffer);
        return new MachineLimit($"write of a new file, {bytes >> 10} KiB{(reserve ? ", preallocated" : "")}", rate, cpu.Total * 1e9 / position);
    }
}

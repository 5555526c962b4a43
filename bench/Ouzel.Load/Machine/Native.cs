using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ouzel.Load.Machine;

/// <summary>Linux's calls without a layer between: what a server cannot do without. The bare loops are made of these.</summary>
internal static unsafe partial class Native
{
    public const int EpollIn = 1, EpollOut = 4, EpollAdd = 1, EpollEdge = 1 << 31;
    public const int More = 0x8000, NoSignal = 0x4000;
    public const int Interrupted = 4, Again = 11;
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, PageBytes = 4096;
    private const int LimitedDescriptors = 7, ThisProcess = 0, ThisThread = 1, Monotonic = 1, UntilTime = 1, TimerSlack = 29, KeepSize = 1;

    /// <summary>An epoll_event is packed on x86-64 and nowhere else.</summary>
    public static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int EventDataAt = EventBytes - 8;

    public static int EventDescriptor(byte* events, int index) => *(int*)(events + (index * EventBytes) + EventDataAt);

    public static void Control(int epoll, int operation, int descriptor, int interest)
    {
        var one = stackalloc byte[16];
        *(int*)one = interest;
        *(long*)(one + EventDataAt) = descriptor;
        Check(epoll_ctl(epoll, operation, descriptor, one), "epoll_ctl");
    }

    public static int CreatePoll() => Check(epoll_create1(0), "epoll_create1");

    public static int Poll(int epoll, byte* events, int eventsMax)
    {
        while (true)
        {
            var count = epoll_wait(epoll, events, eventsMax, -1);
            if (count >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return Check(count, "epoll_wait");
            }
        }
    }

    public static void Write(SafeFileHandle file, byte* from, long bytes, long position)
    {
        while (bytes > 0)
        {
            var written = pwrite(file, from, (nuint)bytes, position);
            if (written < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failure("pwrite");
            }

            written = Math.Max(0, written);
            from += written;
            bytes -= written;
            position += written;
        }
    }

    public static void SyncData(SafeFileHandle file) => Check(fdatasync(file), "fdatasync");

    /// <summary>Reserves room behind the end without making the file longer.</summary>
    public static void Reserve(SafeFileHandle file, long position, long bytes) => Check(fallocate(file, KeepSize, position, bytes), "fallocate");

    /// <summary>Raises the number of descriptors of this process to what it may be, and returns it.</summary>
    public static long RaiseDescriptorLimit()
    {
        var limit = stackalloc ulong[2];
        Check(getrlimit(LimitedDescriptors, limit), "getrlimit");
        if (limit[0] < limit[1])
        {
            limit[0] = limit[1];
            Check(setrlimit(LimitedDescriptors, limit), "setrlimit");
        }

        return (long)Math.Min(limit[0], int.MaxValue);
    }

    public static CpuTime ProcessTime() => Usage(ThisProcess);

    public static CpuTime ThreadTime() => Usage(ThisThread);

    /// <summary>Waits until Stopwatch's clock shows the time; a thread that paces asks for exact timers first.</summary>
    public static void SleepUntil(long timestampNanoseconds)
    {
        var time = stackalloc long[2];
        time[0] = timestampNanoseconds / 1_000_000_000;
        time[1] = timestampNanoseconds % 1_000_000_000;
        while (clock_nanosleep(Monotonic, UntilTime, time, null) == Interrupted)
        {
        }
    }

    public static void AskForExactTimers() => Check(prctl(TimerSlack, 1, 0, 0, 0), "prctl");

    /// <summary>Sends a signal to a process of ours.</summary>
    public static void Signal(int processId, int signal) => _ = kill(processId, signal);

    /// <summary>
    /// Takes memory, touches all of it and gives it back. On a virtual machine the first touch of a page can cost ten times the copy into it, because free memory goes back
    /// to the host within seconds: whoever writes a new file next finds pages that the host has backed, and what is measured is the program.
    /// </summary>
    public static void WarmMemory(long bytes)
    {
        var memory = mmap(null, (nuint)bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)memory == -1)
        {
            throw Failure("mmap");
        }

        for (long at = 0; at < bytes; at += PageBytes)
        {
            ((byte*)memory)[at] = 1;
        }

        Check(munmap(memory, (nuint)bytes), "munmap");
    }

    public static int Check(int result, string call) => result >= 0 ? result : throw Failure(call);

    public static LoadException Failure(string call) => new($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    private static CpuTime Usage(int who)
    {
        var usage = stackalloc long[18]; // two timeval and fourteen counters
        Check(getrusage(who, usage), "getrusage");
        return new CpuTime(usage[0] + (usage[1] / 1e6), usage[2] + (usage[3] / 1e6));
    }

#pragma warning disable IDE1006, SYSLIB1054 // the names are the C library's
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int socket, byte* to, nuint bytes, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int socket, byte* from, nuint bytes, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendfile(int socket, SafeFileHandle file, long* position, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, byte* from, nuint bytes, long position);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long position, long bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* interest);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int kind, ulong* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int kind, ulong* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, long* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint bytes, int protection, int flags, int file, long position);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, long* time, long* remaining);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);
#pragma warning restore IDE1006, SYSLIB1054
}

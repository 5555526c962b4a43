using Ouzel.Load.Machine;

namespace Ouzel.Load;

/// <summary>Seconds of CPU, in the program and in the kernel on its behalf.</summary>
internal readonly record struct CpuTime(double User, double System)
{
    public double Total => User + System;

    public static CpuTime operator -(CpuTime later, CpuTime earlier) => new(later.User - earlier.User, later.System - earlier.System);

    public static CpuTime operator +(CpuTime left, CpuTime right) => new(left.User + right.User, left.System + right.System);
}

/// <summary>The kernel's facts about a process.</summary>
internal static class ProcessFacts
{
    /// <summary>The unit of /proc/PID/stat; 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Since the process started, to 10 ms; nothing for process 0.</summary>
    public static CpuTime Cpu(int processId)
    {
        if (processId == 0)
        {
            return default;
        }

        if (processId == Environment.ProcessId)
        {
            return Native.ProcessTime();
        }

        var stat = File.ReadAllText($"/proc/{processId}/stat");
        // The name in parentheses may hold anything, so fields are counted from its end; user and system time are the 14th and 15th of all.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new CpuTime(long.Parse(fields[11]) / TicksPerSecond, long.Parse(fields[12]) / TicksPerSecond);
    }

    /// <summary>The sum over the threads that live now, exact to nanoseconds: for what is nearly idle.</summary>
    public static double FineCpuSeconds(int processId)
    {
        long nanoseconds = 0;
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            var file = Path.Combine(thread, "schedstat");
            nanoseconds += File.Exists(file) ? long.Parse(File.ReadAllText(file).Split(' ')[0]) : 0;
        }

        return nanoseconds / 1e9;
    }

    /// <summary>Bytes of memory the process holds now.</summary>
    public static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^"kB".Length].Trim()) * 1024;
    }
}

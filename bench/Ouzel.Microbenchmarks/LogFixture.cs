using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Microbenchmarks;

/// <summary>A log on the real disk, and batches for it.</summary>
internal static class LogFixture
{
    public const long NowMs = 1_700_000_000_000;

    public static PartitionLog Create(string directory)
    {
        var context = new LogContext(new RealDisk(), new StorageOptions { Directories = [directory], ClusterId = "c", NodeId = 1 }, new Random(1), NullLogger.Instance);
        return LogLoader.Create(context, Path.Combine(directory, "t-0"), new TopicPartition("t", 0), Uuid.Zero, LogOptions.Default, NowMs);
    }

    /// <summary>The batch comes as a producer sends it: what the last append wrote into it is taken back.</summary>
    public static long Append(PartitionLog log, byte[] batch)
    {
        RecordBatch.SetBaseOffset(batch, 0);
        RecordBatch.SetPartitionLeaderEpoch(batch, -1);
        var result = log.AppendAsLeader(batch, 0, LogAppendOrigin.Client, NowMs);
        return result.Error == ErrorCode.None ? result.LastOffset : throw new InvalidOperationException($"{result.Error} {result.ErrorMessage}");
    }

    /// <summary>Memory that a virtual machine's host has backed: the first touch of a page would be most of what is measured.</summary>
    public static unsafe void WarmMemory(long bytes)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        for (long at = 0; at < bytes; at += Environment.SystemPageSize)
        {
            memory[at] = 1;
        }

        NativeMemory.Free(memory);
    }

    /// <summary>Records of 1,000 bytes, or one smaller one, about as many bytes as told.</summary>
    public static byte[] Batch(int bytes)
    {
        using var builder = new RecordBatchBuilder();
        var value = new byte[Math.Min(1000, bytes - 100)];
        new Random(1).NextBytes(value);
        do
        {
            builder.Append(NowMs, null, value);
        }
        while (builder.SizeInBytes + value.Length <= bytes);
        return builder.BuildArray();
    }
}

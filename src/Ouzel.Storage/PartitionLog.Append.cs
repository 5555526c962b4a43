using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Appends one batch as the partition's leader: it is checked, gets its offsets and the leader epoch in place, and is written. Nothing is thrown for a
    /// client's mistake; a refused batch leaves no trace.
    /// </summary>
    /// <param name="records">All bytes sent for the partition: exactly one batch. The memory is the caller's; the batch's header is changed.</param>
    /// <param name="leaderEpoch">The epoch in which this node leads.</param>
    /// <param name="origin">Who appends.</param>
    /// <param name="nowMs">The present time in Unix milliseconds.</param>
    /// <param name="oldFormats">Accept message sets of magic 0 and 1, which are converted: Produce 0 to 2.</param>
    public LogAppendResult AppendAsLeader(Span<byte> records, int leaderEpoch, LogAppendOrigin origin, long nowMs, bool oldFormats = false)
    {
        return AppendAsLeader(records, RecordValidator.Validate(records, RulesFor(origin, oldFormats), nowMs), leaderEpoch, origin, nowMs);
    }

    /// <summary>The check of <see cref="AppendAsLeader(Span{byte}, int, LogAppendOrigin, long, bool)"/> as far as a slice goes; null when the verdict is there.</summary>
    /// <param name="records">All bytes sent for the partition; they must stay as they are until the verdict is there.</param>
    /// <param name="origin">Who appends.</param>
    /// <param name="nowMs">The present time in Unix milliseconds.</param>
    /// <param name="oldFormats">Accept message sets of magic 0 and 1.</param>
    /// <param name="sliceBytes">What may be unpacked at once.</param>
    /// <param name="validation">The verdict, when null is returned.</param>
    public SlicedCheck? BeginCheck(ReadOnlySpan<byte> records, LogAppendOrigin origin, long nowMs, bool oldFormats, long sliceBytes, out RecordValidation validation)
        => RecordValidator.Begin(records, RulesFor(origin, oldFormats), nowMs, sliceBytes, out validation);

    /// <summary>Appends what was checked before.</summary>
    /// <param name="records">What was checked.</param>
    /// <param name="validation">The verdict about it.</param>
    /// <param name="leaderEpoch">The epoch in which this node leads.</param>
    /// <param name="origin">Who appends.</param>
    /// <param name="nowMs">The time that it was checked with.</param>
    public LogAppendResult AppendAsLeader(Span<byte> records, in RecordValidation validation, int leaderEpoch, LogAppendOrigin origin, long nowMs)
    {
        if (validation.Error != ErrorCode.None)
        {
            return Refused(validation);
        }

        return AppendChecked(validation.Apply(records), leaderEpoch, origin, nowMs, validation.TimestampType == TimestampType.LogAppendTime ? nowMs : -1);
    }

    private ValidationRules RulesFor(LogAppendOrigin origin, bool oldFormats)
    {
        var rules = _rules;
        if (!ReferenceEquals(rules.Options, Options))
        {
            _rules = rules = new AppendRules(Options);
        }

        return origin != LogAppendOrigin.Client ? rules.Own : oldFormats ? rules.OldClient : rules.Client;
    }

    /// <summary>Kafka tells where the log starts only with errors found by looking at the records.</summary>
    private LogAppendResult Refused(in RecordValidation validation) => LogAppendResult.Refused(validation.Error, validation.Message,
        validation.Error is ErrorCode.CorruptMessage or ErrorCode.MessageTooLarge ? -1 : LogStartOffset,
        validation.RecordErrors.Count == 0 ? null : [.. validation.RecordErrors.Select(e => new LogRecordError(e.BatchIndex, e.Message))]);

    /// <summary>The part of an append that needs the log to stand still.</summary>
    private LogAppendResult AppendChecked(Span<byte> batch, int leaderEpoch, LogAppendOrigin origin, long nowMs, long appendTimeMs)
    {
        lock (_lock)
        {
            if (IsFailed || _isClosing || _isClosed)
            {
                return LogAppendResult.Refused(ErrorCode.KafkaStorageError);
            }

            // A leader that learned of its next epoch, or that it leads no more, between its check and here: batches of an epoch that is over may not stand behind the next one's beginning.
            if (leaderEpoch < _leaderEpoch)
            {
                return LogAppendResult.Refused(ErrorCode.NotLeaderOrFollower);
            }

            if (batch.Length > Options.SegmentBytes)
            {
                return LogAppendResult.Refused(ErrorCode.RecordListTooLarge);
            }

            RecordBatch.SetBaseOffset(batch, _end.Offset);
            RecordBatch.SetPartitionLeaderEpoch(batch, leaderEpoch);
            var header = BatchHeader.Parse(batch, 0)!.Value;
            try
            {
                var error = _producers.Check(header, MarkerOf(batch, header), origin, out var duplicate);
                if (error == ErrorCode.OutOfOrderSequenceNumber && _producers.Partial(header) is { } partial)
                {
                    ProducerRecall.Run(Segments, partial);
                    error = _producers.Check(header, null, origin, out duplicate);
                }

                if (error != ErrorCode.None)
                {
                    return LogAppendResult.Refused(error, logStartOffset: _logStart);
                }

                if (duplicate is { } first)
                {
                    return new LogAppendResult { BaseOffset = first.FirstOffset, LastOffset = first.LastOffset, LogAppendTimeMs = first.TimestampMs, LogStartOffset = _logStart, LeaderEpoch = leaderEpoch, IsDuplicate = true };
                }

                var before = Active;
                Write(batch, nowMs);
                return new LogAppendResult
                {
                    BaseOffset = header.BaseOffset,
                    LastOffset = header.LastOffset,
                    LogAppendTimeMs = appendTimeMs,
                    LogStartOffset = _logStart,
                    LeaderEpoch = leaderEpoch,
                    IsNewSegment = !ReferenceEquals(before, Active),
                };
            }
            catch (DiskException e)
            {
                Fail(e);
                return LogAppendResult.Refused(ErrorCode.KafkaStorageError, e.Message);
            }
        }
    }

    /// <summary>Appends a copy of what the leader has: offsets and epochs are the leader's. The batches must follow the end of the log.</summary>
    public LogAppendResult AppendAsFollower(ReadOnlySpan<byte> batches, long nowMs)
    {
        lock (_lock)
        {
            if (IsFailed || _isClosing || _isClosed)
            {
                return LogAppendResult.Refused(ErrorCode.KafkaStorageError);
            }

            var first = _end.Offset;
            var written = first;
            for (var rest = batches; rest.Length > 0;)
            {
                if (RecordBatch.Read(rest, out var batch, out var size) != BatchReadStatus.Whole)
                {
                    break; // a response may be cut off behind its last whole batch
                }

                if (batch.Magic != 2 || !batch.IsCrcValid())
                {
                    return LogAppendResult.Refused(ErrorCode.CorruptMessage);
                }

                if (batch.BaseOffset < _end.Offset)
                {
                    return LogAppendResult.Refused(ErrorCode.OffsetOutOfRange, $"a batch at {batch.BaseOffset} behind the end {_end.Offset}");
                }

                try
                {
                    Write(rest[..(int)size], nowMs);
                }
                catch (DiskException e)
                {
                    Fail(e);
                    return LogAppendResult.Refused(ErrorCode.KafkaStorageError, e.Message);
                }

                written = batch.LastOffset;
                rest = rest[(int)size..];
            }

            return new LogAppendResult { BaseOffset = first, LastOffset = written, LogAppendTimeMs = -1, LogStartOffset = _logStart };
        }
    }

    /// <summary>Under the lock: one batch with its final offsets goes to the end of the log.</summary>
    private void Write(ReadOnlySpan<byte> batch, long nowMs)
    {
        var isWhole = true;
        var write = _context.Pace?.BeginWrite(); // a new segment, its files and their room hang with the disk as a write does
        try
        {
            Write(batch, nowMs, ref isWhole);
        }
        catch (Exception e) when (!isWhole && e is not DiskException)
        {
            FailAlone(e); // the bytes may be there and not what follows from them
            throw;
        }
        finally
        {
            if (write is { } begun)
            {
                _context.Pace!.EndWrite(begun); // also of a write that failed: it hangs no longer
            }
        }
    }

    private void Write(ReadOnlySpan<byte> batch, long nowMs, ref bool isWhole)
    {
        var header = BatchHeader.Parse(batch, 0) ?? throw new InvalidOperationException("an append of bytes that are no batch");
        var marker = MarkerOf(batch, header);
        if (Active.MustRoll(Options, batch.Length, header.MaxTimestampMs, header.LastOffset, nowMs))
        {
            Roll(header.BaseOffset, nowMs);
        }

        if (header.LeaderEpoch > _epochs.Latest)
        {
            _epochs.Assign(header.LeaderEpoch, header.BaseOffset);
        }

        if (marker is { IsAbort: true })
        {
            Active.Transactions.Prepare();
        }

        Active.PrepareAppend(batch.Length, Options);
        isWhole = false;
        Active.Append(batch, Options);
        Publish(header.LastOffset + 1);
        if (_producers.Apply(header, marker) is { } completed)
        {
            if (completed.IsAborted)
            {
                Active.Transactions.Append(new AbortedTransaction(completed.ProducerId, completed.FirstOffset, completed.LastOffset, _producers.StableOffsetAfter(completed)));
            }

            _producers.Complete(completed);
        }

        if (header.IsTransactional || header.IsControl)
        {
            lock (_marksLock)
            {
                MoveStableMark();
            }
        }

        isWhole = true;
    }

    private void Publish(long endOffset)
    {
        lock (_marksLock)
        {
            _end = new LogMark(endOffset, Active.BaseOffset, Active.Size);
        }
    }

    /// <summary>Under the lock: seals the segment that takes appends and begins another.</summary>
    private void Roll(long nextOffset, long nowMs)
    {
        var baseOffset = Math.Max(nextOffset, _end.Offset);
        if (Active.BaseOffset == baseOffset)
        {
            // Only an empty segment can have this name: it is made anew, with fresh indexes.
            var empty = Active;
            ReplaceSegments([.. _segments[..^1], NewSegment(baseOffset, nowMs)]);
            empty.Close();
            return;
        }

        _producers.EndOffset = baseOffset;
        TakeSnapshot();
        Active.Seal();
        Active.IsDirty = true;
        if (_recoveryPointWritten >= baseOffset)
        {
            Active.Sync(); // a start after a crash would begin with the new segment and trust these indexes; seldom, as writes seldom stop right at a checkpoint
        }

        ReplaceSegments([.. _segments, NewSegment(baseOffset, nowMs)]);
        Publish(_end.Offset);
        _context.Rolled?.Invoke(this);
    }

    private Segment NewSegment(long baseOffset, long nowMs)
    {
        _isDirectoryDirty = true;
        try
        {
            return Segment.Create(_context.Disk, DirectoryPath, baseOffset, Options, nowMs, LogLoader.Jitter(_context.Random, Options));
        }
        catch (DiskException e) when (e.IsOutOfDescriptors && !Array.Exists(_segments, s => s.BaseOffset == baseOffset))
        {
            // The log goes on without it: a later start must not find a segment that the log never had.
            _context.Disk.Delete(LogFiles.PathOf(DirectoryPath, baseOffset, LogFiles.Log));
            throw;
        }
    }

    private void ReplaceSegments(Segment[] segments) => Volatile.Write(ref _segments, segments);

    internal static TransactionMarker? MarkerOf(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        if (!header.IsControl || !header.HasProducerId || !RecordBatch.TryRead(batch, out var view, out _))
        {
            return null;
        }

        foreach (var record in view.Records())
        {
            var type = ControlRecord.TypeOf(record.Key);
            if (type is ControlRecordType.Abort or ControlRecordType.Commit)
            {
                return new TransactionMarker(type == ControlRecordType.Abort, ControlRecord.CoordinatorEpochOf(record.Value));
            }
        }

        return null;
    }
}

using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class LogDirectory
{
    private readonly Lock _startsLock = new();
    private List<TaskCompletionSource<bool>>? _startsAsked;

    /// <summary>
    /// Completes when the starts of all logs, as they are now, are on the disk: an acknowledged DeleteRecords must not be undone by a crash. One write of
    /// log-start-offset-checkpoint for all who ask while another is under way. False when it could not be written.
    /// </summary>
    public Task<bool> WaitStartsDurableAsync()
    {
        var wait = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_startsLock)
        {
            if (_startsAsked is { } asked)
            {
                asked.Add(wait);
                return wait.Task;
            }

            _startsAsked = [wait];
        }

        Work.StartBeside(WriteStarts);
        return wait.Task;
    }

    private void WriteStarts()
    {
        List<TaskCompletionSource<bool>> asked;
        lock (_startsLock)
        {
            (asked, _startsAsked) = (_startsAsked!, null);
        }

        var isWritten = false;
        try
        {
            UnlessOutOfDescriptors(() =>
            {
                WriteOffsets(startsOnly: true);
                isWritten = !IsOffline;
            });
        }
        catch (DiskException)
        {
            // The directory has been told and is offline.
        }
        catch (Exception e)
        {
            _faults.Tell("checkpoint of log starts", e);
        }

        asked.ForEach(w => w.SetResult(isWritten));
    }
}

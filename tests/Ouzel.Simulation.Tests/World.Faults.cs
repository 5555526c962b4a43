namespace Ouzel.Simulation.Tests;

/// <summary>The faults of a run, and their end.</summary>
internal sealed partial class World
{
    private const double StopMsMax = 90_000;

    private void NextFault()
    {
        if (IsHealed)
        {
            return;
        }

        if (Scheduler.IsInside)
        {
            Scheduler.AfterMs(1, null, "", NextFault);
            return;
        }

        var random = Scheduler.Random;
        switch (random.Next(12))
        {
            case 0:
                PowerOff("by chance");
                break;
            case 1 or 2 when _brokerDisk is { } disk:
                disk.ChangesLeft = random.Next(1, 60);
                Scheduler.Write("world", $"power goes after {disk.ChangesLeft} changes of the disk");
                break;
            case 3:
                KillBroker();
                break;
            case 4:
                StopBroker();
                break;
            case 5:
                Wall.OffsetTicks = random.Next(-1_200_000, 1_200_000) * TimeSpan.TicksPerMillisecond;
                Scheduler.Write("world", $"the clock jumps to {Wall.OffsetTicks / TimeSpan.TicksPerMillisecond} ms");
                break;
            case 6 or 7:
                Weather.DiskSlowUntilTicks = Scheduler.NowTicks + (random.Next(100, 3000) * TimeSpan.TicksPerMillisecond);
                Scheduler.Write("world", "the disk is slow");
                break;
            case 8:
                BreakDisk(() => _disk.SyncFailures = 1, "a sync will fail");
                break;
            case 9:
                BreakDisk(() => _disk.WriteFailures = 1, "a write will fail");
                break;
            case 10:
                BreakDisk(() => _disk.SpaceLeftBytes = random.Next(2000), "the disk is nearly full");
                break;
            default:
                Network.BreakOne();
                break;
        }

        Scheduler.AfterMs(random.Next(100, 4000), null, "", NextFault);
    }

    private void BreakDisk(Action fault, string what)
    {
        if (_broker is not null)
        {
            _isDiskBroken = true;
            fault();
            Scheduler.Write("world", what);
        }
    }

    private void Heal()
    {
        IsHealed = true;
        Weather.IsBad = false;
        Weather.DiskSlowUntilTicks = 0;
        RepairDisk();
        if (_brokerDisk is { } disk)
        {
            disk.ChangesLeft = 0;
        }
    }

    private void RepairDisk()
    {
        (_disk.SyncFailures, _disk.WriteFailures, _disk.SpaceLeftBytes) = (0, 0, null);
    }

    private void PowerOff(string why)
    {
        if (_brokerProcess.IsDead)
        {
            return;
        }

        Scheduler.Write("world", $"power off, {why}");
        EndLife();
        _disk.PowerLoss();
        for (var i = 0; i < Partitions.Length; i++)
        {
            Partitions[i].PowerLost();
            Commits.PulledBack(i, Partitions[i].DurableEnd);
        }

        _ledgers.ForEach(l => l.PowerLost());
    }

    /// <summary>The process dies, the machine lives: everything written is still there.</summary>
    private void KillBroker()
    {
        // A disk that lies about what it holds needs a new machine.
        if (_brokerProcess.IsDead || _isDiskBroken)
        {
            return;
        }

        Scheduler.Write("world", "kill");
        EndLife();
        _disk.DropProcess();
        for (var i = 0; i < Partitions.Length; i++)
        {
            Commits.PulledBack(i, Partitions[i].KnownEnd);
        }

        _ledgers.ForEach(l => l.Crashed());
    }

    private void StopBroker()
    {
        if (_broker is not { } broker || _isDiskBroken)
        {
            return;
        }

        var process = _brokerProcess;
        _broker = null;
        process.IsStopping = true;
        process.Start("stop", async () =>
        {
            await broker.StopAsync();
            if (!process.IsDead && !_isDiskBroken)
            {
                Scheduler.Write(process.Name, "stopped");
                EndLife(isClean: true);
                _disk.DropProcess();
            }
        });
        Scheduler.AfterMs(StopMsMax, null, "", () =>
        {
            if (!process.IsDead)
            {
                Scheduler.Fail($"{process.Name} does not stop within {StopMsMax / 1000} s");
            }
        });
    }

    private void EndLife(bool isClean = false)
    {
        _brokerProcess.Kill();
        _broker = null;
        if (isClean)
        {
            Network.FinishAll();
        }
        else
        {
            Network.BreakAll();
        }

        RepairDisk();
        Scheduler.AfterMs(Scheduler.Random.Next(20, 1500), null, "restart", StartBroker);
    }
}

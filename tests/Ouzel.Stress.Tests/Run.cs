using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;
using Ouzel.Stress.Tests.Workers;
using BrokerNode = Ouzel.Broker.Broker;

namespace Ouzel.Stress.Tests;

/// <summary>One broker on the machine's threads, sockets and disk, restarted every few seconds under clients that never stop, and at the end the look at what is left.</summary>
/// <remarks>The seed draws what is done and what fails, not how threads meet: a failure need not come again with its seed, so what broke is said in full.</remarks>
internal sealed partial class Run : IDisposable
{
    private const int RoundMs = 4000;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RestlessMax = TimeSpan.FromSeconds(1);

    /// <summary>The time within which what could not be opened without descriptors is tried again.</summary>
    private const int ShortageEchoMs = 4000;
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("ouzel-stress-").FullName;
    private readonly ErrorLines _errors = new();
    private readonly ConcurrentDictionary<string, string> _running = [];
    private readonly Random _random;
    private readonly bool _hasMetadataAlone;
    private UnevenDisk _disk = new();
    private BrokerNode? _broker;
    private long _startedAt;
    private int _life;
    private string _trouble = "nothing wrong";
    private string _troubleBefore = "nothing";
    private string _durability = "";
    private bool _mayForget;
    private string? _failure;
    private long _operations;

    /// <param name="seed">Draws what is done and what fails.</param>
    /// <param name="isKilled">The broker is a process that is killed again and again; nothing else fails.</param>
    public Run(int seed, bool isKilled = false)
    {
        Seed = seed;
        _isKilled = isKilled;
        _random = new Random(seed);
        _hasMetadataAlone = seed % 2 == 0;
        Topics = new Topics(this);
        Group = new GroupLedger(this);
    }

    public int Seed { get; }

    public Topics Topics { get; }

    public GroupLedger Group { get; }

    /// <summary>The port of the broker that lives now; 0 between two lives.</summary>
    public int Port { get; private set; }

    /// <summary>Workers finish what they began and end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A folder fails or has failed in this life, or descriptors are short: storage errors are legitimate.</summary>
    public bool IsDiskBroken { get; private set; }

    /// <summary>This life ends without a word: what was only told, and never acknowledged, may be gone in the next.</summary>
    public bool MayForget => _mayForget || _isKilled || TimeProvider.System.GetElapsedTime(_startedAt) < RestlessMax;

    /// <summary>The broker stops or has just started, or a folder failed: a refusal that arrives now may be of the life before.</summary>
    public bool IsRestless => IsDiskBroken || Port == 0 || TimeProvider.System.GetElapsedTime(_startedAt) < RestlessMax;

    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    public long Operations => Interlocked.Read(ref _operations);

    public void Count() => Interlocked.Increment(ref _operations);

    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            Fail(what);
        }
    }

    /// <summary>The first failure is the one that counts; the run ends with it.</summary>
    public void Fail(string what) => Interlocked.CompareExchange(ref _failure, $"{what} (in life {_life}, {TimeProvider.System.GetElapsedTime(_startedAt).TotalSeconds:F1} s after its start, durability {_durability}, {_trouble}, before it {_troubleBefore})", null);

    /// <summary>Null when every rule held, else what broke.</summary>
    public async Task<string?> RunAsync(TimeSpan time)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            await StartAsync();
            await Topics.MakeAsync();
            var workers = Task.WhenAll(Workers().Select(w => Task.Run(() => WorkAsync(w))));
            while (!HasFailed && TimeProvider.System.GetElapsedTime(began) < time)
            {
                await (_isKilled ? KilledRoundAsync() : RoundAsync());
            }

            IsOver = true;
            _disk.DelayMs = 0;
            await FinishAsync(workers);
            if (!HasFailed)
            {
                await InspectAsync();
            }
        }
        catch (Exception fault)
        {
            Fail(fault.ToString());
        }

        IsOver = true;
        await StopAsync();
        return _failure;
    }

    public void Dispose()
    {
        _process?.Dispose();
        _errors.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<Worker> Workers()
    {
        var next = 0;
        Worker Made(Func<Run, string, int, Worker> make, string name)
        {
            next++;
            return make(this, $"{name}{next}", (Seed * 1000) + next);
        }

        for (var i = 0; i < 3; i++)
        {
            yield return Made((r, n, s) => new OnceAppender(r, n, s), "once");
        }

        for (var i = 0; i < 4; i++)
        {
            var acks = (short)((i % 3) - 1);
            yield return Made((r, n, s) => new Appender(r, n, s, acks), "plain");
        }

        for (var i = 0; i < 3; i++)
        {
            yield return Made((r, n, s) => new Follower(r, n, s), "follower");
            yield return Made((r, n, s) => new TopicChurn(r, n, s), "churn");
        }

        yield return Made((r, n, s) => new OldFollower(r, n, s), "old");
        for (var i = 0; i < 2; i++)
        {
            yield return Made((r, n, s) => new KeyedAppender(r, n, s), "keyed");
            yield return Made((r, n, s) => new Trimmer(r, n, s), "trimmer");
            yield return Made((r, n, s) => new Committer(r, n, s), "committer");
            yield return Made((r, n, s) => new Member(r, n, s), "member");
            yield return Made((r, n, s) => new Vanisher(r, n, s), "vanisher");
            yield return Made((r, n, s) => new SessionFollower(r, n, s), "session");
        }
    }

    private async Task WorkAsync(Worker worker)
    {
        _running[worker.Name] = worker.Name;
        try
        {
            await worker.RunAsync();
        }
        catch (Exception fault)
        {
            Fail($"{worker.Name}: {fault}");
        }

        _running.TryRemove(worker.Name, out _);
    }

    /// <summary>Some seconds with one kind of trouble, then a stop under load, clean or as after kill -9, and the next life.</summary>
    private async Task RoundAsync()
    {
        var trouble = (Trouble)_random.Next((int)Trouble.Crash + 1);
        _troubleBefore = _trouble;
        _trouble = $"trouble: {trouble}";
        _mayForget = trouble is Trouble.FailingFolder or Trouble.FullDisk or Trouble.Crash;
        if (trouble == Trouble.SlowDisk)
        {
            _disk.DelayMs = _random.Next(2, 40);
        }

        // Without a directory of its own the metadata lies in a, and that one stays healthy.
        _disk.FailingFolder = Path.Combine(_folder, _hasMetadataAlone && _random.Next(2) == 0 ? "a" : "b");
        await WaitAsync(_random.Next(RoundMs / 2, RoundMs));
        IsDiskBroken = trouble is not (Trouble.None or Trouble.SlowDisk);
        switch (trouble)
        {
            case Trouble.FailingFolder:
                _disk.FailOnce();
                await WaitAsync(RoundMs / 2);
                break;
            case Trouble.FullDisk:
                _disk.IsFull = true;
                await WaitAsync(RoundMs / 2);
                break;
            case Trouble.NoDescriptors:
                _disk.IsOutOfDescriptors = true;
                await WaitAsync(RoundMs / 2);
                _disk.IsOutOfDescriptors = false;
                await WaitAsync(ShortageEchoMs);
                RequireHealthy();
                IsDiskBroken = false;
                await WaitAsync(RoundMs / 4);
                break;
            case Trouble.Crash:
                _disk.Freeze();
                break;
        }

        _disk.DelayMs = 0;
        await StopAsync();
        IsDiskBroken = false;
        await StartAsync();
        _mayForget = false;
    }

    /// <summary>A shortage of descriptors costs no log directory: the disk is well.</summary>
    private void RequireHealthy() =>
        Require(_errors.Lines.Count == 0, $"descriptors were short for a while, and the log says: {string.Join('\n', _errors.Lines)}");

    private async Task WaitAsync(int ms)
    {
        for (var waited = 0; waited < ms && !HasFailed; waited += 100)
        {
            await Task.Delay(100);
            Require(IsDiskBroken || _errors.Lines.Count == 0, $"nothing was made to fail, but the log says: {string.Join('\n', _errors.Lines)}");
            Require(_process?.HasExited != true, $"the broker ended by itself: {string.Join('\n', _errors.Lines)}");
            Require(_broker?.Ended.IsCompleted != true, $"the broker gave up: {_broker?.Ended.Exception}");
        }
    }

    private async Task FinishAsync(Task workers)
    {
        try
        {
            await workers.WaitAsync(HasFailed ? TimeSpan.FromSeconds(5) : DrainMax);
        }
        catch (TimeoutException)
        {
            Fail($"{DrainMax.TotalSeconds} s after the faults stopped these are not done: {string.Join(' ', _running.Keys)}");
        }
    }

    private async Task InspectAsync()
    {
        await Topics.CheckWholeAsync();
        if (!_isKilled)
        {
            await NobodyIsLeftAsync();
        }

        await StopAsync();
        await StartAsync();
        await Topics.CheckWholeAsync();
        Require(_errors.Lines.Count == 0, $"nothing was made to fail, but the log says: {string.Join('\n', _errors.Lines)}");
    }

    /// <summary>With every client gone, nothing waits and nothing is kept for those who went.</summary>
    private async Task NobodyIsLeftAsync()
    {
        for (var tries = 0; ; tries++)
        {
            var connections = _broker!.Connections.Count;
            if (connections == 0)
            {
                return;
            }

            if (tries == 200)
            {
                Fail($"everybody has gone, but {connections} connections are kept");
                return;
            }

            await Task.Delay(100);
        }
    }

    private async Task StartAsync()
    {
        _errors.Clear();
        _life++;
        _disk = new UnevenDisk();
        _durability = _random.Next(2) == 0 ? "fsync" : "os";
        if (_isKilled)
        {
            var port = await StartProcessAsync();
            _startedAt = TimeProvider.System.GetTimestamp();
            Port = port;
        }
        else
        {
            _broker = await BrokerNode.StartAsync(BrokerOptions.Of(Settings()), TimeProvider.System, _disk, new Random((Seed * 1000) + _life), new LoggerFactory([_errors]));
            _startedAt = TimeProvider.System.GetTimestamp();
            Port = _broker.Listeners[0].Port;
        }

        await Topics.CheckGoneAsync();
    }

    private (string Name, string Value)[] Settings() =>
    [
        ("log.dirs", $"{_folder}/a,{_folder}/b"), ("listeners", "PLAINTEXT://127.0.0.1:0"), ("offsets.topic.num.partitions", "4"),
        ("group.initial.rebalance.delay.ms", "50"), ("log.retention.check.interval.ms", "40"), ("log.cleaner.backoff.ms", "60"),
        ("log.segment.delete.delay.ms", "200"), ("log.flush.offset.checkpoint.interval.ms", "70"), ("log.index.size.max.bytes", "16384"),
        ("metadata.log.dir", _hasMetadataAlone ? $"{_folder}/m" : $"{_folder}/a"), ("ouzel.durability", _durability),
    ];

    private async Task StopAsync()
    {
        if (_process is not null)
        {
            Port = 0;
            await StopProcessAsync();
            return;
        }

        if (_broker is not { } broker)
        {
            return;
        }

        Port = 0;
        _broker = null;
        try
        {
            await broker.StopAsync().WaitAsync(StopMax);
        }
        catch (TimeoutException)
        {
            Fail($"the broker does not stop within {StopMax.TotalSeconds} s");
        }
    }

    private enum Trouble
    {
        None,
        SlowDisk,
        FailingFolder,
        FullDisk,
        NoDescriptors,
        Crash,
    }
}

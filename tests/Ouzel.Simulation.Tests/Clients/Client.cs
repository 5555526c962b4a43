using Ouzel.Protocol;
using Ouzel.Simulation.Tests.Bed;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>A program that talks to the broker, connecting again when it must.</summary>
internal sealed class Client
{
    private readonly World _world;
    private ClientConnection? _connection;

    public Client(World world, string name)
    {
        (_world, Name) = (world, name);
        Process = new Process(world.Scheduler, name);
        Clock = new ProcessClock(world.Scheduler, Process, world.Wall);
    }

    public string Name { get; }

    public Process Process { get; }

    public TimeProvider Clock { get; }

    public Random Random => _world.Scheduler.Random;

    /// <summary>True when what the last connection told is of the broker that lives now.</summary>
    public bool IsCurrent => _connection?.Life == _world.Life;

    public ClientConnection Connection()
    {
        if (_connection is not { IsBroken: false })
        {
            _connection = new ClientConnection(_world.Scheduler, _world.Network.Connect(), Clock, Name, _world.Life);
        }

        return _connection;
    }

    public Task<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, new() => Connection().CallAsync(request, version);

    /// <summary>Asks until a response is good enough, also over several connections.</summary>
    public async Task<TResponse> PersistAsync<TResponse>(RequestMaker<TResponse> request, short version, Func<TResponse, bool> isGood)
        where TResponse : class, IKafkaResponse, new()
    {
        while (true)
        {
            try
            {
                var response = await CallAsync(request(), version);
                if (isGood(response))
                {
                    return response;
                }
            }
            catch (IOException)
            {
                // Again.
            }

            await DelayMsAsync(20, 200);
        }
    }

    /// <summary>Makes the request anew for each attempt.</summary>
    public delegate IKafkaRequest<TResponse> RequestMaker<TResponse>()
        where TResponse : class, IKafkaResponse, new();

    public Task DelayMsAsync(int least, int most) => Task.Delay(TimeSpan.FromMilliseconds(Random.Next(least, most)), Clock);

    public void Close() => _connection?.Break();

    public void Say(string what) => _world.Scheduler.Write(Name, what);

    public void Fail(string what) => _world.Scheduler.Fail($"{Name}: {what}");
}

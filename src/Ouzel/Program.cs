using Ouzel.Broker.Net;
using Ouzel.Commands;
using Ouzel.Hosting;
using Ouzel.Storage;

// Socket completions run on the thread that polls, which saves a hop per request. A constant: nothing of sockets is touched before it is set.
if (Environment.GetEnvironmentVariable(SocketTurns.InlineCompletions) is null)
    Environment.SetEnvironmentVariable(SocketTurns.InlineCompletions, "1");

var host = new BrokerHost(Console.Out, Console.Error, new RealDisk(), TimeProvider.System, RunningBroker.StartAsync);
return await OuzelCommand.RunAsync(args, Console.Out, Console.Error, host);

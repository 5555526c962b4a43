using Ouzel.Broker.Net;
using Ouzel.Commands;
using Ouzel.Hosting;
using Ouzel.Storage.Disks;

// Socket completions run on the thread that polls, which saves a hop per request. A constant: nothing of sockets is touched before it is set.
if (Environment.GetEnvironmentVariable(SocketTurns.InlineCompletions) is null)
{
    Environment.SetEnvironmentVariable(SocketTurns.InlineCompletions, "1");
}

var disk = new RealDisk();
var host = new BrokerHost(Console.Out, Console.Error, disk, TimeProvider.System, RunningBroker.StartAsync)
{
    // https://no-color.org
    HasColours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"),
};
return await OuzelCommand.RunAsync(args, Console.Out, Console.Error, host, new Daemon(Console.Out, Console.Error, disk, TimeProvider.System));

using Ouzel.Commands;
using Ouzel.Hosting;
using Ouzel.Storage;

// Socket completions run on the thread that polls, which saves a hop per request. Read once, when the first socket type is touched.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
    Environment.SetEnvironmentVariable(InlineCompletions, "1");

var host = new BrokerHost(Console.Out, Console.Error, new RealDisk(), TimeProvider.System, RunningBroker.StartAsync);
return await OuzelCommand.RunAsync(args, Console.Out, Console.Error, host);

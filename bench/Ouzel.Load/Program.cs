using Ouzel.Load;

// Completions on the polling thread, as in the broker: the load generator shares the machine's cores with it. Read once, when the first socket type is touched.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
return await LoadCommand.Build().Parse(args).InvokeAsync();

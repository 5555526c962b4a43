// A development environment: a broker inside this process, and the report of samples/Report that reads from it.
//   dotnet run --project samples/AppHost
var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });

// <app-host>
var kafka = builder.AddOuzel("kafka").WithTopic("orders", 6);
builder.AddProject<Projects.Report>("report")
    .WithArgs(kafka.Resource.ConnectionStringExpression)
    .WaitFor(kafka);
// </app-host>

await builder.Build().RunAsync();

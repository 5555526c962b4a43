using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Ouzel.Client.Connections;

namespace Ouzel.Client.Hosting;

/// <summary>Looks at the options when the host starts, with the client's own rules, and names everything that is wrong at once.</summary>
internal sealed class OptionsCheck : IValidateOptions<OuzelOptions>
{
    public ValidateOptionsResult Validate(string? name, OuzelOptions options)
    {
        List<string> wrong = [];
        var client = ClientSettings.Client(options, null, null, NullLoggerFactory.Instance);
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
        {
            wrong.Add("BootstrapServers is missing: set it to host:port of a broker, several separated by commas.");
        }
        else
        {
            Try(() => ServerAddress.ParseList(options.BootstrapServers), "BootstrapServers");
            Try(client.Validate, "the client's options");
        }

        Try(() => ClientSettings.Producer(options.Producer, null).Validate(client.RequestTimeoutMs), "Producer");
        Try(() => ClientSettings.Consumer(options.Consumer, StartPosition.Latest, null).Validate(), "Consumer");
        if (options.Consumer.CommitIntervalMs <= 0)
        {
            wrong.Add($"Consumer: CommitIntervalMs must be above 0, it is {options.Consumer.CommitIntervalMs}.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Try(Action check, string where)
        {
            try
            {
                check();
            }
            catch (ArgumentException fault)
            {
                wrong.Add($"{where}: {fault.Message}");
            }
        }
    }
}

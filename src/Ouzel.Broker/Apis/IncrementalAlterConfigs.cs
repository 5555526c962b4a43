using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Result = Ouzel.Protocol.Messages.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;

namespace Ouzel.Broker.Apis;

/// <summary>IncrementalAlterConfigs v0-1 (KIP-339): sets, takes back, appends to and subtracts from settings. v1 flexible.</summary>
internal sealed class IncrementalAlterConfigsApi(ConfigChanges changes) : IApi<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    public async ValueTask<IncrementalAlterConfigsResponse> HandleAsync(IncrementalAlterConfigsRequest request, RequestContext context)
    {
        var twice = request.Resources.CountBy(r => (r.ResourceType, r.ResourceName)).Where(r => r.Value > 1).Select(r => r.Key).ToHashSet();
        var response = new IncrementalAlterConfigsResponse();
        foreach (var asked in request.Resources)
        {
            var resource = new ConfigResource((ConfigResourceType)asked.ResourceType, asked.ResourceName);
            var error = twice.Contains((asked.ResourceType, asked.ResourceName))
                ? new ConfigError(ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : ConfigRights.Check(context, AclOperation.AlterConfigs, resource) ?? await changes.ChangeAsync(
                    resource,
                    [.. asked.Configs.Select(c => new ConfigChange(c.Name, (ConfigOperation)c.ConfigOperation, c.Value))],
                    request.ValidateOnly);
            response.Responses.Add(new Result
            {
                ErrorCode = error?.Code ?? ErrorCode.None,
                ErrorMessage = error?.Message,
                ResourceType = asked.ResourceType,
                ResourceName = asked.ResourceName,
            });
        }

        return response;
    }
}

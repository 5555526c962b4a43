using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Result = Ouzel.Protocol.Messages.AlterConfigsResponse.AlterConfigsResourceResponse;

namespace Ouzel.Broker.Apis;

/// <summary>AlterConfigs v0-2, which IncrementalAlterConfigs replaced: what is not named falls back to its default. v2 flexible.</summary>
internal sealed class AlterConfigsApi(ConfigChanges changes) : IApi<AlterConfigsRequest, AlterConfigsResponse>
{
    public async ValueTask<AlterConfigsResponse> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        var twice = request.Resources.CountBy(r => (r.ResourceType, r.ResourceName)).Where(r => r.Value > 1).Select(r => r.Key).ToHashSet();
        var response = new AlterConfigsResponse();
        foreach (var asked in request.Resources)
        {
            var resource = new ConfigResource((ConfigResourceType)asked.ResourceType, asked.ResourceName);
            var error = twice.Contains((asked.ResourceType, asked.ResourceName))
                ? new ConfigError(ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : ConfigRights.Check(context, AclOperation.AlterConfigs, resource) ?? await changes.ReplaceAsync(
                    resource,
                    [.. asked.Configs.Select(c => (c.Name, c.Value))],
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

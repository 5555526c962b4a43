using System.Text.RegularExpressions;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Tells what this node serves: the table, and the levels of the features it serves from v3 on.</summary>
/// <remarks>
/// v0 is what the oldest clients ask with, and they take what they are given: it names the versions kept for them, which newer ones are not told of
/// (docs/decisions/0004-old-clients.md). v3 names the client (KIP-511) and is flexible, though its response header never is. v4 may name supported features whose
/// lowest level is 0 (KAFKA-17011); v3 must leave them out. v5 says which cluster and node is meant (KIP-1242): another one
/// sends the client back to its bootstrap servers. An unknown version is answered in v0 with UNSUPPORTED_VERSION.
/// </remarks>
internal sealed partial class ApiVersionsApi(FeatureLevels features, string clusterId, int nodeId) : IApi<ApiVersionsRequest, ApiVersionsResponse>
{
    private const int NodeNotGiven = -1;

    private List<ApiVersionsResponse.ApiVersion> _apis = [];
    private List<ApiVersionsResponse.ApiVersion> _apisOfOldClients = [];

    /// <summary>Takes the finished table, of which this handler is itself a part.</summary>
    public void Announce(ServedApis table)
    {
        _apis = [.. table.Entries.Select(ServedApis.Announced)];
        _apisOfOldClients = [.. table.Entries.Select(e => new ApiVersionsResponse.ApiVersion { ApiKey = (short)e.Key, MinVersion = e.Oldest, MaxVersion = e.Highest })];
        features.Announce(table);
    }

    public ValueTask<ApiVersionsResponse> HandleAsync(ApiVersionsRequest request, RequestContext context)
    {
        if (context.ApiVersion >= 3)
        {
            if (Refusal(request) is var refusal and not ErrorCode.None)
            {
                return new(new ApiVersionsResponse { ErrorCode = refusal });
            }

            context.Origin.SoftwareName = request.ClientSoftwareName;
            context.Origin.SoftwareVersion = request.ClientSoftwareVersion;
        }

        var response = new ApiVersionsResponse { ApiKeys = context.ApiVersion == 0 ? _apisOfOldClients : _apis };
        features.Describe(response, context.ApiVersion);
        return new(response);
    }

    /// <summary>Below version 5 neither cluster nor node is given.</summary>
    private ErrorCode Refusal(ApiVersionsRequest request)
    {
        if (!SoftwareText().IsMatch(request.ClientSoftwareName) || !SoftwareText().IsMatch(request.ClientSoftwareVersion))
        {
            return ErrorCode.InvalidRequest;
        }

        var (hasCluster, hasNode) = (request.ClusterId is not null, request.NodeId != NodeNotGiven);
        if (hasCluster != hasNode)
        {
            return ErrorCode.InvalidRequest;
        }

        return hasCluster && (request.ClusterId != clusterId || request.NodeId != nodeId) ? ErrorCode.RebootstrapRequired : ErrorCode.None;
    }

    /// <summary>Letters and digits, with dots and dashes between them.</summary>
    [GeneratedRegex(@"^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z")]
    private static partial Regex SoftwareText();
}

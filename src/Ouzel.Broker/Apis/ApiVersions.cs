using System.Text.RegularExpressions;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Tells what this node serves: the table, and the cluster's feature levels from v3 on.</summary>
/// <remarks>
/// v3 names the client (KIP-511) and is flexible, though its response header never is. v4 may name supported features whose
/// lowest level is 0 (KAFKA-17011); v3 must leave them out. An unknown version is answered in v0 with UNSUPPORTED_VERSION.
/// </remarks>
internal sealed partial class ApiVersionsApi(FeatureLevels features) : IApi<ApiVersionsRequest, ApiVersionsResponse>
{
    private List<ApiVersionsResponse.ApiVersion> _apis = [];

    /// <summary>Takes the finished table, of which this handler is itself a part.</summary>
    public void Announce(ApiTable table)
        => _apis = [.. table.Entries.Select(Announced)];

    public ValueTask<ApiVersionsResponse> HandleAsync(ApiVersionsRequest request, RequestContext context)
    {
        if (context.ApiVersion >= 3)
        {
            if (!SoftwareText().IsMatch(request.ClientSoftwareName) || !SoftwareText().IsMatch(request.ClientSoftwareVersion))
            {
                return new(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
            }

            context.Origin.SoftwareName = request.ClientSoftwareName;
            context.Origin.SoftwareVersion = request.ClientSoftwareVersion;
        }

        var response = new ApiVersionsResponse { ApiKeys = _apis };
        features.Describe(response, context.ApiVersion);
        return new(response);
    }

    /// <summary>The answer to a version nobody knows: enough for the client to ask again.</summary>
    public static ApiVersionsResponse UnsupportedVersion(ApiEntry self)
        => new() { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [Announced(self)] };

    private static ApiVersionsResponse.ApiVersion Announced(ApiEntry entry)
        => new() { ApiKey = (short)entry.Key, MinVersion = entry.Lowest, MaxVersion = entry.Highest };

    /// <summary>Letters and digits, with dots and dashes between them.</summary>
    [GeneratedRegex(@"^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z")]
    private static partial Regex SoftwareText();
}

using Ouzel.Broker.Groups;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Takes members out of a classic group.</summary>
/// <remarks>v0-2 one member, its error on top. v3 a list, an error each; static members by their instance. v5 a reason, which is not kept.</remarks>
internal sealed class LeaveGroupApi(GroupCoordinator groups) : IApi<LeaveGroupRequest, LeaveGroupResponse>
{
    private const short ListVersion = 3;

    public async ValueTask<LeaveGroupResponse> HandleAsync(LeaveGroupRequest request, RequestContext context)
    {
        if (context.Check(AclOperation.Read, ResourceType.Group, request.GroupId) is var denial and not ErrorCode.None)
        {
            return new LeaveGroupResponse { ErrorCode = denial };
        }

        if (context.ApiVersion >= ListVersion)
        {
            return await groups.LeaveGroupAsync(request);
        }

        var response = await groups.LeaveGroupAsync(new LeaveGroupRequest
        {
            GroupId = request.GroupId,
            Members = [new LeaveGroupRequest.MemberIdentity { MemberId = request.MemberId }],
        });
        var error = response.ErrorCode != ErrorCode.None ? response.ErrorCode : response.Members[0].ErrorCode;
        return new LeaveGroupResponse { ErrorCode = error };
    }
}

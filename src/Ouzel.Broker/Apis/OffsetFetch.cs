using Ouzel.Broker.Configs;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Reads groups' positions.</summary>
/// <remarks>
/// v2 null topics mean all, error on top. v5 leader epoch. v7 stable offsets only (KIP-447). v8 several groups. v9 members. v10 topic ids.
/// Who speaks version 0 knows no coordinator, so that it makes the topic as FindCoordinator does.
/// </remarks>
/// <param name="groups">Who decides.</param>
/// <param name="memory">What the response is taken from.</param>
/// <param name="ensureTopic">Makes an internal topic; false when that cannot be done now.</param>
internal sealed class OffsetFetchApi(GroupCoordinator groups, MemoryBudget memory, Func<string, ValueTask<bool>> ensureTopic) : IApi<OffsetFetchRequest, OffsetFetchResponse>
{
    public async ValueTask<OffsetFetchResponse> HandleAsync(OffsetFetchRequest request, RequestContext context)
    {
        if (context.ApiVersion == 0)
        {
            // Where it cannot be made the response says so: there is no coordinator.
            await ensureTopic(InternalTopicNames.ConsumerOffsets);
        }

        return await groups.OffsetFetchAsync(request, GroupRequests.ContextOf(context), new ResponseCharge(memory, context));
    }
}

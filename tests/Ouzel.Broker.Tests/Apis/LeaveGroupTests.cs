using Ouzel.Broker.Tests.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class LeaveGroupTests
{
    [Fact]
    public async Task Up_to_version_2_one_member_leaves_and_its_error_is_on_top()
    {
        await using var wire = await WireGroup.StartAsync();
        for (short v = 0; v <= 2; v++)
        {
            await wire.SettleAsync($"g{v}");
            Assert.Equal(ErrorCode.None, (await wire.Client.CallAsync(new LeaveGroupRequest { GroupId = $"g{v}", MemberId = wire.MemberId }, v)).ErrorCode);
            Assert.Equal(ErrorCode.UnknownMemberId, (await wire.Client.CallAsync(new LeaveGroupRequest { GroupId = $"g{v}", MemberId = "x" }, v)).ErrorCode);
            Assert.Equal(ErrorCode.InvalidGroupId, (await wire.Client.CallAsync(new LeaveGroupRequest { GroupId = "", MemberId = "x" }, v)).ErrorCode);
        }
    }

    [Fact]
    public async Task From_version_3_each_member_has_its_answer()
    {
        await using var wire = await WireGroup.StartAsync();
        for (short v = 3; v <= 5; v++)
        {
            await wire.SettleAsync($"g{v}");
            var request = new LeaveGroupRequest { GroupId = $"g{v}", Members = [new() { MemberId = wire.MemberId }, new() { MemberId = "x", GroupInstanceId = "i" }] };
            var r = await wire.Client.CallAsync(request, v);
            Assert.Equal(ErrorCode.None, r.ErrorCode);
            Assert.Equal([(wire.MemberId, null, ErrorCode.None), ("x", "i", ErrorCode.UnknownMemberId)], r.Members.Select(m => (m.MemberId, m.GroupInstanceId, m.ErrorCode)));
        }
    }
}

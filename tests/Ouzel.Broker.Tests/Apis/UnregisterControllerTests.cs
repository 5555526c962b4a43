using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class UnregisterControllerTests
{
    [Theory]
    [InlineData(77, ErrorCode.ControllerIdNotRegistered)]
    [InlineData(-1, ErrorCode.ControllerIdNotRegistered)]
    [InlineData(1, ErrorCode.InvalidRequest)]
    public async Task An_unknown_controller_and_this_node_itself_are_refused(int id, ErrorCode expected)
    {
        var run = await new ClusterBed().StartAsync();
        var answer = await new UnregisterControllerApi(run.Node).AskAsync(new UnregisterControllerRequest { ControllerId = id }, 0);
        Assert.Equal((expected, true), (answer.ErrorCode, answer.ErrorMessage is not null));
        Assert.Equal([1], run.Image.Controllers.Keys);
    }
}

using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class UnregisterBrokerTests
{
    [Theory]
    [InlineData(77, ErrorCode.BrokerIdNotRegistered)]
    [InlineData(1, ErrorCode.InvalidRequest)]
    public async Task An_unknown_broker_and_this_node_itself_are_refused(int id, ErrorCode expected)
    {
        var run = await new ClusterBed().StartAsync();
        var answer = await new UnregisterBrokerApi(run.Node).AskAsync(new UnregisterBrokerRequest { BrokerId = id }, 0);
        Assert.Equal((expected, true), (answer.ErrorCode, answer.ErrorMessage is not null));
        Assert.Equal([1], run.Image.Brokers.Keys);
    }
}

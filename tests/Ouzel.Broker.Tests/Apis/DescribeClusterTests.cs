using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeClusterTests
{
    [Fact]
    public async Task Every_version_tells_id_controller_and_brokers()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var api = new DescribeClusterApi(run.Node, new BrokerAddresses(bed.Options));
        for (var version = 0; version <= 2; version++)
        {
            var answer = await api.AskAsync(new DescribeClusterRequest { IncludeClusterAuthorizedOperations = version == 1 }, version);
            Assert.Equal((ErrorCode.None, null, run.Image.ClusterId, 1), (answer.ErrorCode, answer.ErrorMessage, answer.ClusterId, answer.ControllerId));
            Assert.Equal([(1, "127.0.0.1", 9092, false)], answer.Brokers.Select(b => (b.BrokerId, b.Host, b.Port, b.IsFenced)));
            Assert.Equal(version == 1 ? 8096 : int.MinValue, answer.ClusterAuthorizedOperations);
        }
    }

    [Theory]
    [InlineData(2, ErrorCode.MismatchedEndpointType)]
    [InlineData(0, ErrorCode.UnsupportedEndpointType)]
    [InlineData(9, ErrorCode.UnsupportedEndpointType)]
    public async Task Endpoints_other_than_brokers_are_refused(sbyte kind, ErrorCode expected)
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var answer = await new DescribeClusterApi(run.Node, new BrokerAddresses(bed.Options)).AskAsync(new DescribeClusterRequest { EndpointType = kind }, 1);
        Assert.Equal((expected, true, 0), (answer.ErrorCode, answer.ErrorMessage is not null, answer.Brokers.Count));
    }
}

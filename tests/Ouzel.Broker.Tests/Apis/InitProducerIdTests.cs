using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class InitProducerIdTests
{
    [Fact]
    public async Task Every_producer_gets_an_id_of_its_own_above_0_and_a_block_serves_many()
    {
        using var node = new DataNode();
        using var client = node.Connect();
        var ids = new HashSet<long>();
        for (var i = 0; i < 1500; i++)
        {
            var response = await client.CallAsync(new InitProducerIdRequest { TransactionalId = null }, (short)(i % 6));
            Assert.Equal((ErrorCode.None, (short)0), (response.ErrorCode, response.ProducerEpoch));
            Assert.True(ids.Add(response.ProducerId));
        }

        Assert.Equal(2, node.BlocksAllocated);
        Assert.DoesNotContain(0, ids);
    }

    [Theory]
    [InlineData("", -1, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, 5, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, -1, 5, ErrorCode.InvalidRequest)]
    [InlineData("txn", -1, -1, ErrorCode.UnsupportedVersion)]
    public async Task Half_an_identity_an_empty_name_and_transactions_are_refused(string? transactionalId, long producerId, short epoch, ErrorCode expected)
    {
        using var node = new DataNode();
        using var client = node.Connect();
        var request = new InitProducerIdRequest { TransactionalId = transactionalId, ProducerId = producerId, ProducerEpoch = epoch };
        Assert.Equal(expected, (await client.CallAsync(request, 4)).ErrorCode);
    }
}

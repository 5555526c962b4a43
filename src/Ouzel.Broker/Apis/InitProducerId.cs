using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Gives an idempotent producer its id.</summary>
/// <remarks>
/// v2 flexible. v3 the id and epoch a producer has (KIP-360). v4, v5 as v3; v6 (two-phase commit) is not served.
/// There are no transactions yet: a transactional id is answered with UNSUPPORTED_VERSION, which clients take as final.
/// </remarks>
internal sealed class InitProducerIdApi(ProducerIds ids) : IApi<InitProducerIdRequest, InitProducerIdResponse>
{
    public async ValueTask<InitProducerIdResponse> HandleAsync(InitProducerIdRequest request, RequestContext context)
    {
        var namesHalf = (request.ProducerId < 0) != (request.ProducerEpoch < 0);
        if (namesHalf || request.TransactionalId is { Length: 0 })
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.InvalidRequest, ProducerEpoch = -1 };
        }

        if (request.TransactionalId is { } id && !context.May(AclOperation.Write, ResourceType.TransactionalId, id))
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed, ProducerEpoch = -1 };
        }

        // Who may write anything at all may do so idempotently (KIP-679).
        if (request.TransactionalId is null && !context.MayCluster(AclOperation.IdempotentWrite) && !context.MaySome(AclOperation.Write, ResourceType.Topic))
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, ProducerEpoch = -1 };
        }

        if (request.TransactionalId is not null)
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.UnsupportedVersion, ProducerEpoch = -1 };
        }

        return new InitProducerIdResponse { ProducerId = await ids.NextAsync(), ProducerEpoch = 0 };
    }
}

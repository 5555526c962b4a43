using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Testing;

/// <summary>Stands before the handlers of a broker: notes each request, applies the faults, and tells those who wait for a change that one may have come.</summary>
/// <param name="nameOf">The name of a topic of which a request gives the id; null when there is none.</param>
internal sealed class FaultInterceptor(Faults faults, RequestNotes notes, Pulse pulse, TimeProvider clock, Func<Uuid, string?> nameOf) : IRequestInterceptor
{
    public ValueTask<TResponse> HandleAsync<TRequest, TResponse>(TRequest request, RequestContext context, IApi<TRequest, TResponse> api)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
    {
        if (request is FetchRequest fetch && IsRefusingFetches && !TryWithoutSession(fetch))
        {
            return new((TResponse)(object)new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound });
        }

        var subject = RequestSubject.Of(request, nameOf);
        notes.Add(new ReceivedRequest(TRequest.ApiKey, context.ApiVersion, context.ClientId, subject.Group, subject.Partitions));
        if (faults.Active.FirstOrDefault(fault => Strikes(fault, TRequest.ApiKey, context, subject)) is { } fault)
        {
            return SufferAsync(fault, request, context, api);
        }

        var handling = api.HandleAsync(request, context);
        return handling.IsCompletedSuccessfully ? Handled(handling) : HandledAsync(handling);
    }

    private bool Strikes(Fault fault, ApiKey api, RequestContext context, RequestSubject subject)
    {
        if (!fault.Concerns(api, context, subject.Group))
        {
            return false;
        }

        var named = (fault.Topic is null && fault.Partition is null) || subject.Partitions.Any(p => fault.Concerns(p.Topic, p.Partition));
        return named && fault.TryStrike();
    }

    private async ValueTask<TResponse> SufferAsync<TRequest, TResponse>(Fault fault, TRequest request, RequestContext context, IApi<TRequest, TResponse> api)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
    {
        switch (fault.Verb)
        {
            case FaultVerb.Reply:
                return await RefuseAsync(fault, request, context, api);
            case FaultVerb.Drop:
                context.CloseConnection("a fault of the test drops the request");
                return new TResponse();
            case FaultVerb.Hold:
                // The frame's bytes are used after the wait, so the connection's next frame has to wait too.
                context.Frame.Add();
                try
                {
                    await fault.Released;
                    return await HandledAsync(api.HandleAsync(request, context));
                }
                finally
                {
                    context.Frame.LetGo();
                }

            default:
                var response = await HandledAsync(api.HandleAsync(request, context));
                if (fault.Verb == FaultVerb.Delay)
                {
                    // A test that has ended moves no clock any more.
                    await Task.WhenAny(Task.Delay(fault.Time, clock), fault.Released);
                }
                else if (fault.Verb == FaultVerb.DropResponse)
                {
                    context.CloseConnection("a fault of the test drops the response");
                }
                else if (response is FetchResponse fetched)
                {
                    Corrupt(fetched, fault);
                }

                return response;
        }
    }

    private async ValueTask<TResponse> RefuseAsync<TRequest, TResponse>(Fault fault, TRequest request, RequestContext context, IApi<TRequest, TResponse> api)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
    {
        if (!Refusals.TryRefuse(request, context.ApiVersion, fault, nameOf, out var refusal))
        {
            throw new NotSupportedException($"Reply does not know where an error stands in a response of {TRequest.ApiKey}");
        }

        if (request is ProduceRequest { Acks: 0 })
        {
            context.CloseConnection("a batch sent with acks=0 was refused, and only this can tell the client");
        }

        var response = refusal.IsWhole ? new TResponse() : await HandledAsync(api.HandleAsync(request, context));
        refusal.AddTo(response);
        return response;
    }

    /// <summary>The last byte of the first batch: what it holds reads wrong, and its checksum says so.</summary>
    private void Corrupt(FetchResponse response, Fault fault)
    {
        foreach (var topic in response.Responses)
        {
            var name = topic.Topic.Length > 0 ? topic.Topic : nameOf(topic.TopicId) ?? "";
            foreach (var part in topic.Partitions.Where(p => p.Records is { Length: > 0 } && fault.Concerns(name, p.PartitionIndex)))
            {
                var bytes = part.Records is FileSlice slice ? slice.ToArray() : ((MemoryRecords)part.Records!).Memory.ToArray();
                (part.Records as FileSlice)?.Dispose();
                if (RecordBatch.TryRead(bytes, out _, out var size))
                {
                    bytes[size - 1] ^= 0xFF;
                }

                part.Records = new MemoryRecords(bytes);
            }
        }
    }

    private ValueTask<TResponse> Handled<TResponse>(ValueTask<TResponse> handling)
    {
        pulse.Beat();
        return handling;
    }

    private async ValueTask<TResponse> HandledAsync<TResponse>(ValueTask<TResponse> handling)
    {
        var response = await handling;
        pulse.Beat();
        return response;
    }

    private bool IsRefusingFetches => faults.Active.Any(fault => fault is { Api: ApiKey.Fetch, Verb: FaultVerb.Reply });

    /// <summary>
    /// Sessions of fetches (KIP-227) while a fault refuses some: a partition that is kept from the broker would be missing from the session for ever. So there are no
    /// sessions meanwhile, as a broker without room for them has none; a client that has one is told that it is gone, and asks again in full.
    /// </summary>
    private static bool TryWithoutSession(FetchRequest request)
    {
        if (request.SessionEpoch > 0)
        {
            return false;
        }

        request.SessionEpoch = -1;
        return true;
    }
}

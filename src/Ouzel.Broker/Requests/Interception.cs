using Ouzel.Protocol;

namespace Ouzel.Broker.Requests;

/// <summary>A test's place before the handlers: it sees every request decoded, and the response before it is encoded.</summary>
internal interface IRequestInterceptor
{
    /// <summary>Stands for <see cref="IApi{TRequest,TResponse}.HandleAsync"/> of <paramref name="api"/>, and is bound by the same rules.</summary>
    ValueTask<TResponse> HandleAsync<TRequest, TResponse>(TRequest request, RequestContext context, IApi<TRequest, TResponse> api)
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new();
}

/// <summary>A handler with an interceptor before it.</summary>
internal class Intercepted<TRequest, TResponse>(IApi<TRequest, TResponse> api, IRequestInterceptor interceptor) : IApi<TRequest, TResponse>, ILongResponse<TRequest>
    where TRequest : class, IKafkaRequest<TResponse>, new()
    where TResponse : class, IKafkaResponse, new()
{
    private readonly ILongResponse<TRequest>? _lengthy = api as ILongResponse<TRequest>;

    public static IApi<TRequest, TResponse> Of(IApi<TRequest, TResponse> api, IRequestInterceptor interceptor) =>
        api is IReusingApi<TRequest, TResponse> reusing ? new Reusing(reusing, interceptor) : new Intercepted<TRequest, TResponse>(api, interceptor);

    public ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context) => interceptor.HandleAsync(request, context, api);

    public long ResponseBytes(TRequest request, RequestContext context) => _lengthy?.ResponseBytes(request, context) ?? 0;

    private sealed class Reusing(IReusingApi<TRequest, TResponse> api, IRequestInterceptor interceptor)
        : Intercepted<TRequest, TResponse>(api, interceptor), IReusingApi<TRequest, TResponse>
    {
        private readonly IReusingApi<TRequest, TResponse> _reusing = api;

        public void Forget(TRequest request) => _reusing.Forget(request);

        public void TakeBack(TResponse response) => _reusing.TakeBack(response);
    }
}

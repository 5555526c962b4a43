using Microsoft.Extensions.DependencyInjection;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>Decodes a record and gives it to a handler, which is made for it in a scope of its own.</summary>
internal sealed class HandlerWork<TKey, TValue, THandler>(IDeserializer<TKey> keys, IDeserializer<TValue> values, IServiceScopeFactory scopes) : IRecordWork
    where THandler : class, IRecordHandler<TKey, TValue>
{
    public async ValueTask HandleAsync(Record<byte[], byte[]> raw, CancellationToken cancellation)
    {
        var record = new Record<TKey, TValue>(raw.Position, raw.Timestamp, raw.TimestampType, Decode(keys, raw.Key, "key", raw), Decode(values, raw.Value, "value", raw), raw.Headers);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(record, cancellation);
    }

    private static T? Decode<T>(IDeserializer<T> deserializer, byte[]? bytes, string what, Record<byte[], byte[]> raw)
    {
        if (bytes is null)
        {
            return default;
        }

        try
        {
            return deserializer.Deserialize(bytes);
        }
        catch (FormatException fault)
        {
            throw new UnreadableRecordException($"The {what} of the record at {raw.Position} cannot be read: {fault.Message}", fault);
        }
    }
}

using Ouzel.Broker.Diagnostics;
using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Requests;

/// <summary>
/// Takes memory for a response whose size is known only once its parts were looked up, before it is made: of the memory for requests, held until its client has it or never will.
/// </summary>
internal sealed class ResponseCharge(MemoryBudget memory, RequestContext context)
{
    /// <summary>Waits until there is so much. False when the request itself holds some and there is no more: two that waited with what they hold would wait for each other for ever.</summary>
    /// <param name="bytes">About what the response takes until it is encoded, and encoded.</param>
    public async ValueTask<bool> TryTakeAsync(long bytes)
    {
        if (bytes <= RequestCharge.FreeBytes)
        {
            return true;
        }

        if (!memory.Requests.TryTake(bytes))
        {
            if (context.HoldsMemory)
            {
                return false;
            }

            memory.Tell(Limit.Requests);
            await memory.Requests.TakeAsync(bytes);
        }

        context.Charged += bytes;
        return true;
    }
}

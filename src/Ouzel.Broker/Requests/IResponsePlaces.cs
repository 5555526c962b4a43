namespace Ouzel.Broker.Requests;

/// <summary>The order in which the responses of one connection leave, as a request sees it.</summary>
internal interface IResponsePlaces
{
    /// <summary>Takes the next place.</summary>
    void Add(PendingResponse response);

    /// <summary>It was completed or has failed: from any thread, once.</summary>
    void OnComplete(PendingResponse response);

    /// <summary>A request of the connection holds so much more of the memory for requests.</summary>
    void OnCharged(long bytes);

    /// <summary>It gives so much back.</summary>
    void OnDischarged(long bytes);
}

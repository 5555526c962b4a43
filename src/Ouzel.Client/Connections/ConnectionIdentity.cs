namespace Ouzel.Client.Connections;

/// <summary>The two ends of a connection, and how much it takes.</summary>
/// <param name="Address">The broker's.</param>
/// <param name="BrokerId">Its id; negative while only the address is known.</param>
/// <param name="ClientId">Stands in every request's header.</param>
/// <param name="ResponseBytesMax">The longest response taken.</param>
internal sealed record ConnectionIdentity(ServerAddress Address, int BrokerId, string ClientId, int ResponseBytesMax)
{
    /// <summary>Told to brokers (KIP-511), who show it beside the connection.</summary>
    public const string SoftwareName = "ouzel-client";

    public static string SoftwareVersion { get; } = typeof(ConnectionIdentity).Assembly.GetName().Version?.ToString(3) ?? "0";

    public override string ToString() => BrokerId < 0 ? $"the broker at {Address}" : $"broker {BrokerId} at {Address}";
}

namespace Ouzel.Client;

/// <summary>Administration.</summary>
public sealed partial class OuzelClient
{
    private AdminClient? _admin;

    /// <summary>Administers the cluster.</summary>
    public AdminClient Admin => _admin ??= new AdminClient(this);
}

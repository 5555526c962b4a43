namespace Ouzel.Commands;

/// <summary>The code that the process ends with.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It was asked rightly and did not work.</summary>
    public const int Failure = 1;

    /// <summary>It was asked wrongly: options, settings, files that are not there.</summary>
    public const int Usage = 2;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Ouzel.Generators;

/// <summary>A diagnostic that can be compared and kept between runs, which Roslyn's own cannot.</summary>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, string Path, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static DiagnosticInfo At(DiagnosticDescriptor descriptor, Location? location, params string[] arguments)
    {
        var lines = location?.GetLineSpan();
        return new DiagnosticInfo(
            descriptor, lines?.Path ?? "", location?.SourceSpan ?? default, lines?.Span ?? default, new EquatableArray<string>(arguments));
    }

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines), [.. Arguments]);
}

using System.Diagnostics;
using System.Text;

namespace Ouzel.Client.Telemetry;

/// <summary>The context of a trace in the headers of a record: traceparent, tracestate and baggage of the W3C, or what <see cref="DistributedContextPropagator.Current"/> makes of it.</summary>
internal static class TraceHeaders
{
    private const string TraceParent = "traceparent";

    /// <summary>The headers with the span's context behind them. A record that has a context already keeps it: whoever made the record says where it comes from.</summary>
    public static IReadOnlyList<Header> Inject(Activity span, IReadOnlyList<Header>? headers)
    {
        List<Header> all = headers is null ? [] : [.. headers];
        if (all.Exists(static h => h.Name == TraceParent))
        {
            return headers!;
        }

        DistributedContextPropagator.Current.Inject(span, all, static (carrier, name, value) => ((List<Header>)carrier!).Add(new Header(name, Encoding.UTF8.GetBytes(value))));
        return all;
    }

    /// <summary>The context that a record came with; none if it has none that can be read.</summary>
    public static ActivityContext Extract(IReadOnlyList<Header> headers)
    {
        if (headers.Count == 0)
        {
            return default;
        }

        DistributedContextPropagator.Current.ExtractTraceIdAndState(headers, Read, out var parent, out var state);
        return ActivityContext.TryParse(parent, state, isRemote: true, out var context) ? context : default;
    }

    private static void Read(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        (value, values) = (null, null);
        var headers = (IReadOnlyList<Header>)carrier!;
        for (var i = headers.Count - 1; i >= 0; i--)
        {
            if (headers[i].Name == name && headers[i].Value is { } bytes)
            {
                value = Encoding.UTF8.GetString(bytes.Span);
                return;
            }
        }
    }
}

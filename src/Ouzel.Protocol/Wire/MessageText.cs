using System.Globalization;
using System.Text;
using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Wire;

/// <summary>A message or structure that can say what it holds.</summary>
internal interface IDescribed
{
    void Describe(MessageText text);
}

/// <summary>Builds the one line of a message for logs. Bytes show as lengths; lists and texts are cut.</summary>
internal sealed class MessageText
{
    private const int ElementsShownMax = 8;
    private const int TextShownMax = 256;
    private const int LineMax = 4096;

    private readonly StringBuilder _line = new();
    private bool _first = true;

    public static string Of(string name, IDescribed message)
    {
        var text = new MessageText();
        text._line.Append(name).Append('(');
        message.Describe(text);
        if (text._line.Length > LineMax)
        {
            text._line.Length = LineMax;
            text._line.Append("...");
        }

        return text._line.Append(')').ToString();
    }

    private bool Begin(string name)
    {
        if (_line.Length > LineMax)
        {
            return false;
        }

        if (!_first)
        {
            _line.Append(", ");
        }

        _first = false;
        _line.Append(name).Append('=');
        return true;
    }

    public void AddSecret(string name)
    {
        if (Begin(name))
        {
            _line.Append("***");
        }
    }

    public void Add(string name, bool value)
    {
        if (Begin(name))
        {
            _line.Append(value ? "true" : "false");
        }
    }

    public void Add(string name, long value)
    {
        if (Begin(name))
        {
            _line.Append(value);
        }
    }

    public void Add(string name, double value)
    {
        if (Begin(name))
        {
            _line.Append(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void Add(string name, Uuid value)
    {
        if (Begin(name))
        {
            _line.Append(value.ToString());
        }
    }

    public void Add(string name, string? value)
    {
        if (Begin(name))
        {
            AppendText(value);
        }
    }

    public void Add(string name, ReadOnlyMemory<byte> value)
    {
        if (Begin(name))
        {
            _line.Append(value.Length).Append(" bytes");
        }
    }

    public void Add(string name, ReadOnlyMemory<byte>? value)
    {
        if (value is { } bytes)
        {
            Add(name, bytes);
        }
        else
        {
            AddNull(name);
        }
    }

    public void Add(string name, RecordsData? value)
    {
        if (value is null)
        {
            AddNull(name);
        }
        else if (Begin(name))
        {
            _line.Append(value.Length).Append(" bytes of records");
        }
    }

    public void Add(string name, IDescribed? value)
    {
        if (value is null)
        {
            AddNull(name);
        }
        else if (Begin(name))
        {
            AppendNested(value);
        }
    }

    public void Add<T>(string name, List<T>? values)
    {
        if (values is null)
        {
            AddNull(name);
            return;
        }

        if (!Begin(name))
        {
            return;
        }

        _line.Append('[');
        for (var i = 0; i < values.Count && i < ElementsShownMax; i++)
        {
            if (i > 0)
            {
                _line.Append(", ");
            }

            AppendElement(values[i]);
        }

        if (values.Count > ElementsShownMax)
        {
            _line.Append(", ").Append(values.Count - ElementsShownMax).Append(" more");
        }

        _line.Append(']');
    }

    private void AddNull(string name)
    {
        if (Begin(name))
        {
            _line.Append("null");
        }
    }

    private void AppendElement<T>(T value)
    {
        if (value is IDescribed described)
        {
            AppendNested(described);
        }
        else if (value is string text)
        {
            AppendText(text);
        }
        else
        {
            _line.Append(CultureInfo.InvariantCulture, $"{value}");
        }
    }

    private void AppendNested(IDescribed value)
    {
        _line.Append('(');
        _first = true;
        value.Describe(this);
        _first = false;
        _line.Append(')');
    }

    private void AppendText(string? value)
    {
        if (value is null)
        {
            _line.Append("null");
        }
        else if (value.Length <= TextShownMax)
        {
            _line.Append('"').Append(Clean(value)).Append('"');
        }
        else
        {
            _line.Append('"').Append(Clean(value[..TextShownMax])).Append("...\"");
        }
    }

    /// <summary>A client's text must not be able to forge a line of the log.</summary>
    private static string Clean(string value) =>
        value.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 ? value : string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
}

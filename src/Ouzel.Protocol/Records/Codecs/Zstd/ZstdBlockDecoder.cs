using System.Buffers.Binary;

namespace Ouzel.Protocol.Records.Codecs.Zstd;

/// <summary>Unpacks the compressed blocks of a frame; tables and offsets live on from block to block.</summary>
internal sealed class ZstdBlockDecoder
{
    /// <summary>No block gives more (RFC 8878, 3.1.1.2.4).</summary>
    internal const int BlockBytesMax = 128 << 10;

    private const int ModePredefined = 0;
    private const int ModeSingle = 1;
    private const int ModeDescribed = 2;

    private readonly HuffmanTable _huffman = new();
    private readonly FseTable _literalLengths = new(SequenceCodes.LiteralLengthAccuracyMax);
    private readonly FseTable _offsets = new(SequenceCodes.OffsetAccuracyMax);
    private readonly FseTable _matchLengths = new(SequenceCodes.MatchLengthAccuracyMax);
    private byte[] _literals = [];
    private bool _tablesKnown;
    private int _offset1;
    private int _offset2;
    private int _offset3;

    /// <summary>Forgets what the last frame left.</summary>
    internal void StartFrame()
    {
        _huffman.Forget();
        _tablesKnown = false;
        _offset1 = 1;
        _offset2 = 4;
        _offset3 = 8;
        if (_literals.Length == 0)
        {
            _literals = new byte[BlockBytesMax];
        }
    }

    /// <summary>Unpacks one block behind <paramref name="at"/>; returns where it ended.</summary>
    internal int Decode(ReadOnlySpan<byte> source, Span<byte> window, int at, int end, int frameStart)
    {
        var literals = ReadLiterals(ref source);
        if (source.IsEmpty)
        {
            throw Broken();
        }

        var count = ReadSequenceCount(ref source);
        if (count == 0)
        {
            if (!source.IsEmpty)
            {
                throw Broken();
            }
        }
        else
        {
            if (source.IsEmpty)
            {
                throw Broken();
            }

            int modes = source[0];
            source = source[1..];
            if ((modes & 3) != 0)
            {
                throw Broken();
            }

            ReadTable(ref source, _literalLengths, modes >> 6, SequenceCodes.LiteralLengthCodes, SequenceCodes.LiteralLengthCounts, SequenceCodes.LiteralLengthAccuracy);
            ReadTable(ref source, _offsets, (modes >> 4) & 3, SequenceCodes.OffsetCodes, SequenceCodes.OffsetCounts, SequenceCodes.OffsetAccuracy);
            ReadTable(ref source, _matchLengths, (modes >> 2) & 3, SequenceCodes.MatchLengthCodes, SequenceCodes.MatchLengthCounts, SequenceCodes.MatchLengthAccuracy);
            _tablesKnown = true;
            var used = Replay(source, count, literals, window, ref at, end, frameStart);
            literals = literals[used..];
        }

        if (literals.Length > end - at)
        {
            throw Broken();
        }

        literals.CopyTo(window[at..]);
        return at + literals.Length;
    }

    private ReadOnlySpan<byte> ReadLiterals(ref ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            throw Broken();
        }

        var kind = source[0] & 3;
        var format = (source[0] >> 2) & 3;
        if (kind <= 1)
        {
            var headerBytes = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
            var size = (int)(Header(source, headerBytes) >> ((format & 1) == 0 ? 3 : 4));
            source = source[headerBytes..];
            var taken = kind == 0 ? size : 1;
            if (size > BlockBytesMax || taken > source.Length)
            {
                throw Broken();
            }

            var plain = source[..taken];
            source = source[taken..];
            if (kind == 0)
            {
                return plain;
            }

            _literals.AsSpan(0, size).Fill(plain[0]);
            return _literals.AsSpan(0, size);
        }

        return ReadPackedLiterals(ref source, kind == 3, format);
    }

    private ReadOnlySpan<byte> ReadPackedLiterals(ref ReadOnlySpan<byte> source, bool sameTree, int format)
    {
        var headerBytes = format < 2 ? 3 : format + 2;
        var sizeBits = format < 2 ? 10 : format == 2 ? 14 : 18;
        var header = Header(source, headerBytes) >> 4;
        var size = (int)(header & ((1ul << sizeBits) - 1));
        var packed = (int)(header >> sizeBits);
        source = source[headerBytes..];
        if (size > BlockBytesMax || packed > source.Length)
        {
            throw Broken();
        }

        var streams = source[..packed];
        source = source[packed..];
        if (sameTree)
        {
            if (!_huffman.IsKnown)
            {
                throw Broken();
            }
        }
        else
        {
            streams = streams[_huffman.Read(streams)..];
        }

        var target = _literals.AsSpan(0, size);
        if (format == 0)
        {
            _huffman.Decode(streams, target);
        }
        else
        {
            DecodeFourStreams(streams, target);
        }

        return target;
    }

    private void DecodeFourStreams(ReadOnlySpan<byte> streams, Span<byte> target)
    {
        if (streams.Length < 6)
        {
            throw Broken();
        }

        var part = (target.Length + 3) / 4;
        if (part * 3 > target.Length)
        {
            throw Broken();
        }

        var rest = streams[6..];
        for (var i = 0; i < 3; i++)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(streams[(2 * i)..]);
            if (length > rest.Length)
            {
                throw Broken();
            }

            _huffman.Decode(rest[..length], target.Slice(i * part, part));
            rest = rest[length..];
        }

        _huffman.Decode(rest, target[(3 * part)..]);
    }

    private static int ReadSequenceCount(ref ReadOnlySpan<byte> source)
    {
        int first = source[0];
        var bytes = first < 128 ? 1 : first < 255 ? 2 : 3;
        if (source.Length < bytes)
        {
            throw Broken();
        }

        var count = bytes switch
        {
            1 => first,
            2 => ((first - 128) << 8) + source[1],
            _ => source[1] + (source[2] << 8) + 0x7F00,
        };
        source = source[bytes..];
        return count;
    }

    private void ReadTable(ref ReadOnlySpan<byte> source, FseTable table, int mode, int symbolsMax, ReadOnlySpan<short> usual, int usualAccuracy)
    {
        switch (mode)
        {
            case ModePredefined:
                table.Build(usual, usualAccuracy);
                break;
            case ModeSingle:
                if (source.IsEmpty || source[0] >= symbolsMax)
                {
                    throw Broken();
                }

                table.BuildSingle(source[0]);
                source = source[1..];
                break;
            case ModeDescribed:
                source = source[table.Read(source, symbolsMax)..];
                break;
            default:
                if (!_tablesKnown)
                {
                    throw Broken();
                }

                break;
        }
    }

    /// <summary>Carries out the sequences; returns how many literals they used.</summary>
    private int Replay(ReadOnlySpan<byte> source, int count, ReadOnlySpan<byte> literals, Span<byte> window, ref int at, int end, int frameStart)
    {
        var bits = new ReverseBits(source);
        var literalState = bits.Read(_literalLengths.Accuracy);
        var offsetState = bits.Read(_offsets.Accuracy);
        var matchState = bits.Read(_matchLengths.Accuracy);
        var literalCells = _literalLengths.Cells;
        var offsetCells = _offsets.Cells;
        var matchCells = _matchLengths.Cells;
        var used = 0;
        var done = at;
        for (var i = 0; i < count; i++)
        {
            var literalCell = literalCells[literalState];
            var offsetCell = offsetCells[offsetState];
            var matchCell = matchCells[matchState];
            if (offsetCell.Symbol >= 31)
            {
                throw Broken();
            }

            var offsetValue = (1 << offsetCell.Symbol) + bits.Read(offsetCell.Symbol);
            var matchLength = SequenceCodes.MatchLengthBases[matchCell.Symbol] + bits.Read(SequenceCodes.MatchLengthBits[matchCell.Symbol]);
            var literalLength = SequenceCodes.LiteralLengthBases[literalCell.Symbol] + bits.Read(SequenceCodes.LiteralLengthBits[literalCell.Symbol]);
            if (i < count - 1)
            {
                literalState = literalCell.Baseline + bits.Read(literalCell.Bits);
                matchState = matchCell.Baseline + bits.Read(matchCell.Bits);
                offsetState = offsetCell.Baseline + bits.Read(offsetCell.Bits);
            }

            if (bits.BitsLeft < 0)
            {
                throw Broken();
            }

            var offset = ResolveOffset(offsetValue, literalLength);
            if (literalLength > literals.Length - used || literalLength + matchLength > end - done)
            {
                throw Broken();
            }

            LzCopy.Literals(literals, used, window, done, literalLength);
            used += literalLength;
            done += literalLength;
            if (offset <= 0 || offset > done - frameStart)
            {
                throw Broken();
            }

            LzCopy.Match(window, done, offset, matchLength);
            done += matchLength;
        }

        if (bits.BitsLeft != 0)
        {
            throw Broken();
        }

        at = done;
        return used;
    }

    /// <summary>The values 1 to 3 name one of the last three offsets; without literals they mean the next older one.</summary>
    private int ResolveOffset(int value, int literalLength)
    {
        int offset;
        if (value > 3)
        {
            offset = value - 3;
            _offset3 = _offset2;
            _offset2 = _offset1;
            return _offset1 = offset;
        }

        var which = value - 1 + (literalLength == 0 ? 1 : 0);
        if (which == 0)
        {
            return _offset1;
        }

        offset = which switch
        {
            1 => _offset2,
            2 => _offset3,
            _ => _offset1 - 1,
        };
        if (which > 1)
        {
            _offset3 = _offset2;
        }

        _offset2 = _offset1;
        return _offset1 = offset;
    }

    private static ulong Header(ReadOnlySpan<byte> source, int bytes)
    {
        if (bytes > source.Length)
        {
            throw Broken();
        }

        ulong value = 0;
        for (var i = 0; i < bytes; i++)
        {
            value |= (ulong)source[i] << (8 * i);
        }

        return value;
    }

    private static RecordFormatException Broken() => new("a broken zstd block");
}

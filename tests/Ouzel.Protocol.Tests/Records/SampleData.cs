using System.Text;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>Bytes of several characters to pack: what codecs meet, and the borders of their blocks.</summary>
internal static class SampleData
{
    private static readonly string[] Dictionary = ["order", "customer", "the", "a", "payment", "shipped", "2024-01-01", "{\"id\":", "null", "true", "amount", "EUR", "x"];

    internal static readonly int[] Sizes =
        [0, 1, 2, 3, 4, 5, 12, 13, 16, 63, 64, 65, 255, 256, 257, 1000, 1023, 1024, 4096, 16383, 16384, 32768, 65535, 65536, 65537, 131071, 131072, 131073, 300_000, 1_048_576, 1_500_000];

    internal static IEnumerable<(string Name, byte[] Bytes)> All(int seed, int sizeMax = int.MaxValue)
    {
        var random = new Random(seed);
        foreach (var size in Sizes)
        {
            if (size > sizeMax)
            {
                yield break;
            }

            for (var kind = 0; kind < 8; kind++)
            {
                yield return ($"kind {kind} size {size}", Make(random, kind, size));
            }
        }
    }

    internal static byte[] Make(Random random, int kind, int size)
    {
        var bytes = new byte[size];
        switch (kind)
        {
            case 0:
                random.NextBytes(bytes);
                break;
            case 1:
                break;
            case 2:
                Words(random, bytes);
                break;
            case 3:
                for (var i = 0; i < size; i++)
                {
                    bytes[i] = (byte)random.Next(4);
                }

                break;
            case 4:
                for (var i = 0; i < size; i++)
                {
                    bytes[i] = (byte)(random.NextDouble() * random.NextDouble() * 256);
                }

                break;
            case 5:
                for (int i = 0, run = 0; i < size; i++, run--)
                {
                    if (run <= 0)
                    {
                        run = random.Next(1, 400);
                    }

                    bytes[i] = (byte)(run > 200 ? 7 : i);
                }

                break;
            case 6:
                // Noise that comes back from far away.
                random.NextBytes(bytes.AsSpan(0, Math.Min(size, 70_000)));
                for (var i = 70_000; i < size; i++)
                {
                    bytes[i] = bytes[i - 70_000];
                }

                break;
            default:
                Words(random, bytes);
                for (var i = 0; i < size / 50; i++)
                {
                    bytes[random.Next(size)] = (byte)random.Next(256);
                }

                break;
        }

        return bytes;
    }

    private static void Words(Random random, byte[] bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            var word = Encoding.ASCII.GetBytes(Dictionary[random.Next(Dictionary.Length)] + (random.Next(5) == 0 ? random.Next(100000).ToString() : " "));
            var length = Math.Min(word.Length, bytes.Length - at);
            word.AsSpan(0, length).CopyTo(bytes.AsSpan(at));
            at += length;
        }
    }
}

using System.Text.Json;

namespace Ouzel.Protocol.Tests;

public sealed class UuidTests
{
    private static IEnumerable<JsonElement> Recorded(string list) => RecordedData.Json("golden/wire/uuid.json").GetProperty(list).EnumerateArray();

    [Fact]
    public void Recorded_ids_have_Kafkas_text_bytes_and_hash()
    {
        foreach (var line in Recorded("ids"))
        {
            var bytes = Convert.FromHexString(line.GetProperty("bytes").GetString()!);
            var id = new Uuid(bytes);
            Assert.Equal(line.GetProperty("text").GetString(), id.ToString());
            Assert.Equal(id, Uuid.Parse(id.ToString()));
            Assert.Equal(line.GetProperty("hash").GetInt32(), id.GetHashCode());
            var written = new byte[Uuid.Size];
            id.WriteTo(written);
            Assert.Equal(bytes, written);
        }
    }

    [Fact]
    public void Ids_are_ordered_as_Kafka_orders_them()
    {
        var ids = Recorded("ids").Select(l => Uuid.Parse(l.GetProperty("text").GetString()!)).ToList();
        for (var i = 1; i < ids.Count; i++)
        {
            Assert.True(ids[i - 1] <= ids[i] && ids[i].CompareTo(ids[i - 1]) >= 0 && (ids[i - 1] < ids[i]) == (ids[i] != ids[i - 1]), $"{ids[i - 1]} before {ids[i]}");
        }
    }

    [Fact]
    public void A_text_is_an_id_exactly_where_Kafka_says_so()
    {
        foreach (var line in Recorded("parse"))
        {
            var text = line.GetProperty("text").GetString()!;
            if (line.GetProperty("error").ValueKind != JsonValueKind.Null)
            {
                Assert.False(Uuid.TryParse(text, out _), $"'{text}' must not parse");
                Assert.Throws<FormatException>(() => Uuid.Parse(text));
                continue;
            }

            Assert.Equal(line.GetProperty("textAgain").GetString(), Uuid.Parse(text).ToString());
        }
    }

    [Fact]
    public void A_random_id_is_not_reserved_and_is_the_seeds_own()
    {
        var random = new Random(7);
        var ids = Enumerable.Range(0, 1000).Select(_ => Uuid.Random(random)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.DoesNotContain(ids, id => id == Uuid.Zero || id == Uuid.One || id.ToString().StartsWith('-'));
        Assert.Equal(ids[0], Uuid.Random(new Random(7)));
    }
}

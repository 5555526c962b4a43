using System.Buffers;
using System.Text.Json;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>
/// The file <c>quorum-state</c> beside the metadata log: which epoch this node knows, who leads it, for whom it voted.
/// Version 0 belongs to static voters (kraft.version 0), version 1 to voters that the log itself names (KIP-853).
/// </summary>
internal sealed record QuorumState(int LeaderId, int LeaderEpoch, int VotedId, Uuid VotedDirectoryId, IReadOnlyList<int> StaticVoters)
{
    public const string FileName = "quorum-state";

    /// <summary>Null when there is no file: this node has seen no epoch yet.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; going on could let this node lead an epoch twice.</exception>
    public static QuorumState? Read(Disk disk, string directory)
    {
        var path = $"{directory}/{FileName}";
        if (!disk.Exists(path))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(disk.ReadAllBytes(path));
            var root = document.RootElement;
            var voters = root.TryGetProperty("currentVoters", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(voter => voter.GetProperty("voterId").GetInt32()).ToArray()
                : [];
            var directoryId = root.TryGetProperty("votedDirectoryId", out var id) && Uuid.TryParse(id.GetString(), out var parsed) ? parsed : Uuid.Zero;
            return new QuorumState(
                root.GetProperty("leaderId").GetInt32(), root.GetProperty("leaderEpoch").GetInt32(), root.GetProperty("votedId").GetInt32(), directoryId, voters);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes the file durably, with the bytes that Kafka writes.</summary>
    public void Write(Disk disk, string directory, short kraftVersion)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (kraftVersion == 0)
            {
                json.WriteString("clusterId", "");
            }

            json.WriteNumber("leaderId", LeaderId);
            json.WriteNumber("leaderEpoch", LeaderEpoch);
            json.WriteNumber("votedId", VotedId);
            if (kraftVersion == 0)
            {
                json.WriteNumber("appliedOffset", 0);
                json.WriteStartArray("currentVoters");
                foreach (var voter in StaticVoters)
                {
                    json.WriteStartObject();
                    json.WriteNumber("voterId", voter);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
            else
            {
                json.WriteString("votedDirectoryId", VotedDirectoryId.ToString());
            }

            json.WriteNumber("data_version", kraftVersion == 0 ? 0 : 1);
            json.WriteEndObject();
        }

        disk.ReplaceFile($"{directory}/{FileName}", buffer.WrittenSpan);
    }
}

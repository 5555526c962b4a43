using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>A client's rights on one topic; without an authorizer everything.</summary>
/// <param name="MayDescribe">May learn that the topic exists.</param>
/// <param name="MayDelete">May delete it.</param>
internal readonly record struct DeletionRight(bool MayDescribe, bool MayDelete)
{
    public static readonly DeletionRight Full = new(true, true);
}

internal sealed partial class Controller
{
    /// <summary>
    /// Deletes topics by name or id. A row must say which topic in exactly one way, and each topic may be named once:
    /// one that is named twice stays, and is told once per way of naming.
    /// </summary>
    public Decision<DeleteTopicsResponse> DeleteTopics(
        ClusterImage image, IReadOnlyList<DeleteTopicsRequest.DeleteTopicState> rows, Func<string, DeletionRight> rightTo)
    {
        var response = new DeleteTopicsResponse();
        var records = new List<ClusterRecord>();
        var nameTimes = rows.Where(r => r.Name is not null && r.TopicId == Uuid.Zero).CountBy(r => r.Name!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var idTimes = rows.Where(r => r.Name is null && r.TopicId != Uuid.Zero).CountBy(r => r.TopicId).ToDictionary();
        foreach (var row in rows)
        {
            if (row.Name is null == (row.TopicId == Uuid.Zero))
            {
                var message = row.Name is null ? "Neither a name nor an id says which topic" : "Name and id together: a row takes one of them";
                response.Responses.Add(Deletion(row.Name, row.TopicId, ErrorCode.InvalidRequest, message));
            }
            else if (row.Name is { } name)
            {
                if (nameTimes.Remove(name, out var times))
                {
                    response.Responses.Add(DeleteByName(image, name, times, idTimes, rightTo(name), records));
                }
            }
            else if (idTimes.Remove(row.TopicId, out var times))
            {
                response.Responses.Add(DeleteById(image, row.TopicId, times, nameTimes, rightTo, records));
            }
        }

        return new(response, records);
    }

    private DeleteTopicsResponse.DeletableTopicResult DeleteByName(
        ClusterImage image, string name, int times, Dictionary<Uuid, int> idTimes, DeletionRight right, List<ClusterRecord> records)
    {
        if (times > 1)
        {
            return Deletion(name, Uuid.Zero, ErrorCode.InvalidRequest, $"Topic '{name}' is named {times} times in the request");
        }

        if (!right.MayDescribe)
        {
            return Deletion(name, Uuid.Zero, ErrorCode.TopicAuthorizationFailed, "Not authorized");
        }

        if (!image.TryTopic(name, out var topic))
        {
            return Deletion(name, Uuid.Zero, ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'");
        }

        if (!right.MayDelete)
        {
            return Deletion(name, Uuid.Zero, ErrorCode.TopicAuthorizationFailed, "Not authorized"); // its id is not told
        }

        if (idTimes.Remove(topic.Id))
        {
            return Deletion(name, topic.Id, ErrorCode.InvalidRequest, $"Topic '{name}' is named by its id, too");
        }

        return Delete(topic, records);
    }

    private DeleteTopicsResponse.DeletableTopicResult DeleteById(
        ClusterImage image, Uuid id, int times, Dictionary<string, int> nameTimes, Func<string, DeletionRight> rightTo, List<ClusterRecord> records)
    {
        if (times > 1)
        {
            return Deletion(null, id, ErrorCode.InvalidRequest, $"Topic id {id} is named {times} times in the request");
        }

        if (!image.TryTopic(id, out var topic))
        {
            return Deletion(null, id, ErrorCode.UnknownTopicId, $"There is no topic with id {id}");
        }

        var right = rightTo(topic.Name);
        if (!right.MayDescribe)
        {
            return Deletion(null, id, ErrorCode.TopicAuthorizationFailed, "Not authorized");
        }

        if (!right.MayDelete)
        {
            return Deletion(topic.Name, id, ErrorCode.TopicAuthorizationFailed, "Not authorized");
        }

        if (nameTimes.Remove(topic.Name))
        {
            return Deletion(topic.Name, id, ErrorCode.InvalidRequest, $"Topic '{topic.Name}' is named by its name, too");
        }

        return Delete(topic, records);
    }

    private DeleteTopicsResponse.DeletableTopicResult Delete(TopicImage topic, List<ClusterRecord> records)
    {
        if (!_options.DeleteTopics)
        {
            return Deletion(topic.Name, topic.Id, ErrorCode.TopicDeletionDisabled, "Deleting topics is switched off (delete.topic.enable)");
        }

        records.Add(ClusterRecord.Of(new RemoveTopicRecord { TopicId = topic.Id }));
        return Deletion(topic.Name, topic.Id, ErrorCode.None, null);
    }

    private static DeleteTopicsResponse.DeletableTopicResult Deletion(string? name, Uuid id, ErrorCode code, string? message) =>
        new() { Name = name, TopicId = id, ErrorCode = code, ErrorMessage = message };
}

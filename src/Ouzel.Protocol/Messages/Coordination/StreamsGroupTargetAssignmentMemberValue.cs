namespace Ouzel.Protocol.Messages;

/// <summary>Keeps what a member is to hold, in a streams group.</summary>
[KafkaRecord(21, "0", Flexible = "0+")]
public sealed partial class StreamsGroupTargetAssignmentMemberValue : IKafkaRecord
{
    public List<TaskIds> ActiveTasks { get; set; } = [];
    public List<TaskIds> StandbyTasks { get; set; } = [];
    public List<TaskIds> WarmupTasks { get; set; } = [];

    /// <summary>The structure shared by ActiveTasks, StandbyTasks and WarmupTasks.</summary>
    [KafkaStruct]
    public sealed partial class TaskIds
    {
        public string SubtopologyId { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

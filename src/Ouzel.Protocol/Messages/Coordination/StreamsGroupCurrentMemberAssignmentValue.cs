namespace Ouzel.Protocol.Messages;

/// <summary>Keeps what a member holds at present, in a streams group.</summary>
[KafkaRecord(22, "0", Flexible = "0+")]
public sealed partial class StreamsGroupCurrentMemberAssignmentValue : IKafkaRecord
{
    public int MemberEpoch { get; set; }
    public int PreviousMemberEpoch { get; set; }
    public sbyte State { get; set; }
    public List<TaskIds> ActiveTasks { get; set; } = [];
    public List<TaskIds> StandbyTasks { get; set; } = [];
    public List<TaskIds> WarmupTasks { get; set; } = [];
    public List<TaskIds> ActiveTasksPendingRevocation { get; set; } = [];
    public List<TaskIds> StandbyTasksPendingRevocation { get; set; } = [];
    public List<TaskIds> WarmupTasksPendingRevocation { get; set; } = [];

    /// <summary>The structure shared by all six lists of tasks.</summary>
    [KafkaStruct]
    public sealed partial class TaskIds
    {
        public string SubtopologyId { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
        [Tagged(0, "0+"), NullIn("0+")] public List<int>? AssignmentEpochs { get; set; } = [];
    }
}

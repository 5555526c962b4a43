namespace Ouzel.Client.Telemetry;

/// <summary>Names of OpenTelemetry's conventions for messaging that the client uses.</summary>
internal static class Tags
{
    public const string System = "messaging.system";
    public const string Kafka = "kafka";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string Destination = "messaging.destination.name";
    public const string Partition = "messaging.destination.partition.id";
    public const string Group = "messaging.consumer.group.name";
    public const string ClientId = "messaging.client.id";
    public const string Offset = "messaging.kafka.offset";
    public const string BatchCount = "messaging.batch.message_count";
    public const string ErrorType = "error.type";
}

namespace Ouzel.Interop.Tests;

public sealed class KcatTests(SharedBroker broker) : ClientContract(broker, ForeignClient.Kcat);

public sealed class ConfluentTests(SharedBroker broker) : ClientContract(broker, ForeignClient.Confluent);

public sealed class ConfluentCooperativeTests(SharedBroker broker) : ClientContract(broker, ForeignClient.ConfluentCooperative);

public sealed class KafkaPythonTests(SharedBroker broker) : ClientContract(broker, ForeignClient.KafkaPython);

public sealed class KafkaJsTests(SharedBroker broker) : ClientContract(broker, ForeignClient.KafkaJs);

public sealed class PlatformaticTests(SharedBroker broker) : ClientContract(broker, ForeignClient.Platformatic);

public sealed class SaramaTests(SharedBroker broker) : ClientContract(broker, ForeignClient.Sarama);

public sealed class SaramaOldTests(SharedBroker broker) : ClientContract(broker, ForeignClient.SaramaOld);

public sealed class KafkaGoTests(SharedBroker broker) : ClientContract(broker, ForeignClient.KafkaGo);

using System.Globalization;
using Ouzel.ClientLoad;

// Drives one client library as fast as it goes and prints a line of JSON, in the form of the programs in bench/librdkafka.
if (args is not [var verb, var library, var address, var topic, var secondsOrRecords, var bytesOrPasses])
{
    Console.Error.WriteLine("usage: Ouzel.ClientLoad produce ouzel|ouzel-acknowledged|confluent ADDRESS TOPIC SECONDS RECORD_BYTES\n" +
        "       Ouzel.ClientLoad consume ouzel|ouzel-each|confluent ADDRESS TOPIC RECORDS PASSES");
    return 2;
}

var number = double.Parse(secondsOrRecords, CultureInfo.InvariantCulture);
var count = int.Parse(bytesOrPasses, CultureInfo.InvariantCulture);
var measure = (verb, library) switch
{
    ("produce", "ouzel") => await OuzelProduce.BufferedAsync(address, topic, number, count),
    ("produce", "ouzel-acknowledged") => await OuzelProduce.AcknowledgedAsync(address, topic, number, count),
    ("produce", "confluent") => ConfluentLoad.Produce(address, topic, number, count),
    ("consume", "ouzel") => await OuzelConsume.BatchesAsync(address, topic, (long)number, count),
    ("consume", "ouzel-each") => await OuzelConsume.EachAsync(address, topic, (long)number, count),
    ("consume", "confluent") => ConfluentLoad.Consume(address, topic, (long)number, count),
    _ => throw new ArgumentException($"no {verb} by {library}"),
};
Console.WriteLine(measure.ToJson());
return 0;

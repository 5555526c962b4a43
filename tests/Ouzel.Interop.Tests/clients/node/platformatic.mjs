// Node 20 lacks what this client needs of Node 22, so it is added before the client is loaded.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((a, b) => { resolve = a; reject = b; });
  return { promise, resolve, reject };
};
const { Producer, Consumer, stringSerializers, stringDeserializers, ProduceAcks } = await import("@platformatic/kafka");
const { say, record, value, endOfInput } = (await import("./lines.js")).default;

const [command, address, topic, ...rest] = process.argv.slice(2);
const base = { clientId: "interop-platformatic", bootstrapBrokers: [address], retries: 30, retryDelay: 200, autocreateTopics: true };

async function produce(codec, first, count) {
  const producer = new Producer({ ...base, serializers: stringSerializers });
  const messages = Array.from({ length: count }, (_, i) => ({ topic, key: `k${first + i}`, value: value(first + i), headers: { source: "platformatic" } }));
  await producer.send({ messages, compression: codec, acks: ProduceAcks.ALL });
  say({ acknowledged: count });
  await producer.close();
}

function reader(groupId, extra = {}) {
  return new Consumer({ ...base, groupId, deserializers: stringDeserializers, maxWaitTime: 300, autocommit: false, ...extra });
}

async function consume(from, count) {
  const consumer = reader(`reader-${process.pid}-${Date.now()}`);
  let start = { mode: "earliest" };
  if (from !== "beginning") {
    const found = await consumer.listOffsets({ topics: [topic], timestamp: BigInt(from) });
    const latest = await consumer.listOffsets({ topics: [topic] });
    const offsets = found.get(topic).map((offset, partition) => ({ topic, partition, offset: offset < 0n ? latest.get(topic)[partition] : offset }));
    start = { mode: "manual", offsets };
  }
  const stream = await consumer.consume({ topics: [topic], ...start });
  let left = count;
  for await (const message of stream) {
    say(record(message.partition, message.offset, message.value));
    if (--left === 0) break;
  }
  await consumer.close(true);
}

async function group(groupId) {
  const consumer = reader(groupId, { sessionTimeout: 6000, rebalanceTimeout: 10000, heartbeatInterval: 500 });
  consumer.on("consumer:group:join", ({ assignments }) => say({ assigned: (assignments ?? []).filter((a) => a.topic === topic).flatMap((a) => a.partitions) }));
  const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
  stream.on("error", (fault) => console.error(fault));
  (async () => {
    for await (const message of stream) {
      await message.commit();
      say(record(message.partition, message.offset, message.value));
    }
  })().catch((fault) => console.error(fault));
  await endOfInput();
  await consumer.close(true);
  say({ left: true });
}

try {
  if (command === "produce") await produce(rest[0], Number(rest[1]), Number(rest[2]));
  else if (command === "consume") await consume(rest[0], Number(rest[1]));
  else if (command === "group") await group(rest[0]);
  else throw new Error(`no command ${command}`);
  process.exit(0);
} catch (fault) {
  console.error(fault);
  process.exit(1);
}

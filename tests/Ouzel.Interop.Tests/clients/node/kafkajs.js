"use strict";
const { Kafka, CompressionTypes, logLevel } = require("kafkajs");
const { say, record, value, endOfInput } = require("./lines");

const [command, address, topic, ...rest] = process.argv.slice(2);
const kafka = new Kafka({ clientId: "interop-kafkajs", brokers: [address], logLevel: logLevel.ERROR, retry: { initialRetryTime: 100, retries: 30 } });

async function produce(codec, first, count) {
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, i) => ({ key: `k${first + i}`, value: value(first + i), headers: { source: "kafkajs" } }));
  await producer.send({ topic, acks: -1, compression: { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }[codec], messages });
  say({ acknowledged: count });
  await producer.disconnect();
}

async function consume(from, count) {
  // This library reads only as a member of a group.
  const consumer = kafka.consumer({ groupId: `reader-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let starts = [];
  if (from !== "beginning") {
    const admin = kafka.admin();
    await admin.connect();
    starts = await admin.fetchTopicOffsetsByTimestamp(topic, Number(from));
    await admin.disconnect();
  }
  const done = new Promise((resolve, reject) => {
    let left = count;
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const start = starts.find((s) => s.partition === partition);
        if (left > 0 && (!start || BigInt(message.offset) >= BigInt(start.offset))) {
          say(record(partition, message.offset, message.value));
          if (--left === 0) resolve();
        }
      },
    }).catch(reject);
  });
  for (const { partition, offset } of starts) consumer.seek({ topic, partition, offset });
  await done;
  await consumer.disconnect();
}

async function group(groupId) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 10000, maxWaitTimeInMs: 300 });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => say({ assigned: payload.memberAssignment[topic] ?? [] }));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      await consumer.commitOffsets([{ topic, partition, offset: (BigInt(message.offset) + 1n).toString() }]);
      say(record(partition, message.offset, message.value));
    },
  });
  await endOfInput();
  await consumer.disconnect();
  say({ left: true });
}

async function main() {
  if (command === "produce") await produce(rest[0], Number(rest[1]), Number(rest[2]));
  else if (command === "consume") await consume(rest[0], Number(rest[1]));
  else if (command === "group") await group(rest[0]);
  else throw new Error(`no command ${command}`);
}

main().then(() => process.exit(0), (fault) => { console.error(fault); process.exit(1); });

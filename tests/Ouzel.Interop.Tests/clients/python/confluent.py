"""confluent-kafka: librdkafka behind Python."""
import sys, time
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition, OFFSET_BEGINNING
from lines import end_of_input, record, say, value


def produce(address, topic, codec, first, count):
    faults, acknowledged = [], []
    producer = Producer({"bootstrap.servers": address, "compression.type": codec, "acks": "all", "enable.idempotence": True, "linger.ms": 5})

    def on_delivery(error, message):
        (faults if error else acknowledged).append(error or message)
    for number in range(first, first + count):
        producer.produce(topic, value(number), key=f"k{number}", headers={"source": "confluent"}, on_delivery=on_delivery)
    producer.flush(30)
    if faults or len(acknowledged) != count:
        sys.exit(f"{len(acknowledged)} of {count} acknowledged, {faults[:3]}")
    say(acknowledged=count)


def consume(address, topic, start, count):
    consumer = Consumer({"bootstrap.servers": address, "group.id": f"reader-{time.time()}", "enable.auto.commit": False, "fetch.wait.max.ms": 300})
    partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
    if start == "beginning":
        wanted = [TopicPartition(topic, p, OFFSET_BEGINNING) for p in partitions]
    else:
        wanted = consumer.offsets_for_times([TopicPartition(topic, p, int(start)) for p in partitions], timeout=20)
    consumer.assign(wanted)
    while count:
        message = consumer.poll(1)
        if message and message.error():
            sys.exit(str(message.error()))
        if message:
            record(message.partition(), message.offset(), message.value())
            count -= 1
    consumer.close()


def group(address, topic, name, strategy="range"):
    ended = end_of_input()
    consumer = Consumer({"bootstrap.servers": address, "group.id": name, "enable.auto.commit": False, "auto.offset.reset": "earliest",
                         "session.timeout.ms": 6000, "heartbeat.interval.ms": 500, "fetch.wait.max.ms": 300, "topic.metadata.refresh.interval.ms": 1000,
                         "partition.assignment.strategy": strategy, "reconnect.backoff.max.ms": 500})

    def on_assign(_, partitions):
        say(assigned=[p.partition for p in partitions])
    consumer.subscribe([topic], on_assign=on_assign, on_revoke=lambda _, partitions: say(revoked=[p.partition for p in partitions]))
    while not ended.is_set():
        message = consumer.poll(0.2)
        if message and not message.error():
            try:
                consumer.commit(message, asynchronous=False)
                record(message.partition(), message.offset(), message.value())
            except KafkaException as refused:
                # Out of the group meanwhile: whoever owns the partition next reads the record again.
                print(refused, file=sys.stderr)
        elif message:
            print(message.error(), file=sys.stderr)
    consumer.close()
    say(left=True)


def cooperative(address, topic, name):
    group(address, topic, name, "cooperative-sticky")


def endless(address, topic, idempotent):
    """Writes "0", "1", ... until its input ends; a line per record when it is acknowledged. Brokers may come and go meanwhile."""
    ended, number, outstanding = end_of_input(), 0, 0
    producer = Producer({"bootstrap.servers": address, "acks": "all", "enable.idempotence": idempotent == "idempotent", "linger.ms": 2,
                         "message.timeout.ms": 120000, "retry.backoff.ms": 50, "reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 200,
                         "message.send.max.retries": 1000000, "max.in.flight": 5, "topic.metadata.refresh.interval.ms": 1000})

    def on_delivery(error, message):
        nonlocal outstanding
        outstanding -= 1
        if error:
            say(refused=int(message.value()), error=str(error))
        else:
            say(acknowledged=int(message.value()), partition=message.partition(), offset=message.offset())
    while not ended.is_set():
        if outstanding < 500:
            producer.produce(topic, str(number).encode(), key=str(number), on_delivery=on_delivery)
            number, outstanding = number + 1, outstanding + 1
            producer.poll(0)
        else:
            producer.poll(0.05)
    producer.flush(60)
    say(written=number)


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "produce":
        produce(*arguments[:3], int(arguments[3]), int(arguments[4]))
    elif command == "consume":
        consume(*arguments[:3], int(arguments[3]))
    else:
        {"group": group, "cooperative": cooperative, "endless": endless}[command](*arguments)

"""kafka-python 2.0: pure Python, asks old versions."""
import sys, time
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.structs import OffsetAndMetadata
from lines import end_of_input, record, say, value


def produce(address, topic, codec, first, count):
    producer = KafkaProducer(bootstrap_servers=address, compression_type=None if codec == "none" else codec, acks="all", linger_ms=5, retries=10)
    sent = [producer.send(topic, value(n), key=f"k{n}".encode(), headers=[("source", b"kafka-python")]) for n in range(first, first + count)]
    producer.flush(30)
    for future in sent:
        future.get(30)
    say(acknowledged=count)
    producer.close()


def consume(address, topic, start, count):
    consumer = KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, fetch_max_wait_ms=300, auto_offset_reset="earliest")
    partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic))]
    consumer.assign(partitions)
    if start == "beginning":
        consumer.seek_to_beginning()
    else:
        for partition, found in consumer.offsets_for_times({p: int(start) for p in partitions}).items():
            if found:
                consumer.seek(partition, found.offset)
            else:
                consumer.seek_to_end(partition)
    while count:
        for batch in consumer.poll(1000).values():
            for message in batch[:count]:
                record(message.partition, message.offset, message.value)
                count -= 1
    consumer.close()


class Assignments(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        say(revoked=[p.partition for p in revoked])

    def on_partitions_assigned(self, assigned):
        say(assigned=[p.partition for p in assigned])


def group(address, topic, name):
    ended = end_of_input()
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=name, enable_auto_commit=False, auto_offset_reset="earliest", session_timeout_ms=6000,
                             heartbeat_interval_ms=500, fetch_max_wait_ms=300, metadata_max_age_ms=1000)
    consumer.subscribe([topic], listener=Assignments())
    while not ended.is_set():
        for partition, batch in consumer.poll(300, max_records=10).items():
            for message in batch:
                try:
                    consumer.commit({partition: OffsetAndMetadata(message.offset + 1, "")})
                except KafkaError as refused:
                    # Out of the group meanwhile: whoever owns the partition next reads the rest again.
                    print(refused, file=sys.stderr)
                    break
                record(message.partition, message.offset, message.value)
    consumer.close()
    say(left=True)


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "produce":
        produce(*arguments[:3], int(arguments[3]), int(arguments[4]))
    elif command == "consume":
        consume(*arguments[:3], int(arguments[3]))
    else:
        group(*arguments)

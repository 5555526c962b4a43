// Consumes a topic of one partition from its beginning as fast as librdkafka brings it, with its defaults, a thousand records a call; prints what was read and this
// process's CPU. The first pass warms up and is not counted.
// consume ADDRESS TOPIC RECORDS PASSES
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define AT_A_TIME 1000

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static long bytes, failed;

static void pass(rd_kafka_topic_t *topic, long records) {
    static rd_kafka_message_t *messages[AT_A_TIME];
    if (rd_kafka_consume_start(topic, 0, RD_KAFKA_OFFSET_BEGINNING) == -1) {
        failed++;
        return;
    }
    for (long seen = 0; seen < records && failed == 0;) {
        ssize_t count = rd_kafka_consume_batch(topic, 0, 1000, messages, AT_A_TIME);
        for (ssize_t i = 0; i < count; i++) {
            if (messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                bytes += messages[i]->len;
                seen++;
            } else if (messages[i]->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                failed++;
            }
            rd_kafka_message_destroy(messages[i]);
        }
    }
    rd_kafka_consume_stop(topic, 0);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: %s ADDRESS TOPIC RECORDS PASSES\n", argv[0]);
        return 2;
    }
    long records = atol(argv[3]), passes = atol(argv[4]);
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], error, sizeof error) != RD_KAFKA_CONF_OK) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (!consumer) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rd_kafka_topic_t *topic = rd_kafka_topic_new(consumer, argv[2], NULL);
    pass(topic, records);
    double began = now(), used = cpu();
    for (long i = 0; i < passes; i++) pass(topic, records);
    printf("{\"records\": %ld, \"failed\": %ld, \"seconds\": %.3f, \"cpuSeconds\": %.3f, \"version\": \"%s\"}\n", records * passes, failed, now() - began, cpu() - used, rd_kafka_version_str());
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(consumer);
    return failed > 0 || bytes == 0;
}

// Produces records of one size as fast as librdkafka takes them, with its defaults but for acks=1; prints what was acknowledged and this process's CPU.
// produce ADDRESS TOPIC SECONDS RECORD_BYTES
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static long acknowledged, failed;

static void on_delivered(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    (void)producer;
    (void)opaque;
    if (message->err) failed++;
    else acknowledged++;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[512];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: %s ADDRESS TOPIC SECONDS RECORD_BYTES\n", argv[0]);
        return 2;
    }
    double seconds = atof(argv[3]);
    size_t bytes = strtoul(argv[4], NULL, 10);
    char *value = malloc(bytes), error[512];
    for (size_t i = 0; i < bytes; i++) value[i] = (char)('a' + rand() % 26);

    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", argv[1]);
    set(conf, "acks", "1");
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!producer) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rd_kafka_topic_t *topic = rd_kafka_topic_new(producer, argv[2], NULL);
    double began = now();
    for (long sent = 0; now() - began < seconds; sent++) {
        while (rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value, bytes, NULL, 0, NULL) == -1) rd_kafka_poll(producer, 10);
        if (sent % 1000 == 0) rd_kafka_poll(producer, 0);
    }
    rd_kafka_flush(producer, 10000);
    double took = now() - began;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"records\": %ld, \"failed\": %ld, \"seconds\": %.3f, \"cpuSeconds\": %.3f, \"version\": \"%s\"}\n", acknowledged, failed, took, cpu, rd_kafka_version_str());
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(producer);
    return failed > 0 || acknowledged == 0;
}

// sarama 1.22 behind the commands of ../../README.md. SARAMA_VERSION picks the protocol it speaks: this library asks nobody.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/Shopify/sarama"
)

func say(what map[string]interface{}) {
	line, _ := json.Marshal(what)
	os.Stdout.Write(append(line, '\n'))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return n
}

func record(m *sarama.ConsumerMessage) {
	say(map[string]interface{}{"partition": m.Partition, "offset": m.Offset, "value": string(m.Value)})
}

func config() *sarama.Config {
	version := os.Getenv("SARAMA_VERSION")
	if version == "" {
		version = "2.1.0"
	}
	parsed, err := sarama.ParseKafkaVersion(version)
	must(err)
	c := sarama.NewConfig()
	c.Version = parsed
	c.ClientID = "interop-sarama"
	c.Metadata.Retry.Max = 30
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Producer.Return.Successes = true
	c.Producer.Retry.Max = 30
	c.Consumer.MaxWaitTime = 300 * time.Millisecond
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.CommitInterval = 50 * time.Millisecond
	c.Consumer.Group.Session.Timeout = 6 * time.Second
	c.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	return c
}

func produce(address, topic, codec string, first, count int64) {
	c := config()
	c.Producer.Compression = map[string]sarama.CompressionCodec{"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP,
		"snappy": sarama.CompressionSnappy, "lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD}[codec]
	producer, err := sarama.NewSyncProducer([]string{address}, c)
	must(err)
	messages := []*sarama.ProducerMessage{}
	for n := first; n < first+count; n++ {
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder(fmt.Sprintf("k%d", n)),
			Value: sarama.StringEncoder(fmt.Sprintf("%d:%s", n, strings.Repeat("ouzel ", 40)))})
	}
	must(producer.SendMessages(messages))
	say(map[string]interface{}{"acknowledged": count})
	must(producer.Close())
}

func consume(address, topic, from string, count int64) {
	client, err := sarama.NewClient([]string{address}, config())
	must(err)
	consumer, err := sarama.NewConsumerFromClient(client)
	must(err)
	partitions, err := client.Partitions(topic)
	must(err)
	messages := make(chan *sarama.ConsumerMessage)
	for _, partition := range partitions {
		offset := sarama.OffsetOldest
		if from != "beginning" {
			offset, err = client.GetOffset(topic, partition, number(from))
			must(err)
			if offset < 0 {
				offset = sarama.OffsetNewest
			}
		}
		reader, err := consumer.ConsumePartition(topic, partition, offset)
		must(err)
		go func() {
			for m := range reader.Messages() {
				messages <- m
			}
		}()
	}
	for ; count > 0; count-- {
		record(<-messages)
	}
}

type member struct{ topic string }

func (m member) Setup(s sarama.ConsumerGroupSession) error {
	assigned := s.Claims()[m.topic]
	if assigned == nil {
		assigned = []int32{}
	}
	say(map[string]interface{}{"assigned": assigned})
	return nil
}

func (m member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m member) ConsumeClaim(s sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		record(message)
		s.MarkMessage(message, "")
	}
	return nil
}

func group(address, topic, name string) {
	g, err := sarama.NewConsumerGroup([]string{address}, name, config())
	must(err)
	ctx, leave := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		leave()
	}()
	for ctx.Err() == nil {
		if err := g.Consume(ctx, []string{topic}, member{topic}); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err)
			time.Sleep(200 * time.Millisecond)
		}
	}
	must(g.Close())
	say(map[string]interface{}{"left": true})
}

func main() {
	a := os.Args[1:]
	switch a[0] {
	case "produce":
		produce(a[1], a[2], a[3], number(a[4]), number(a[5]))
	case "consume":
		consume(a[1], a[2], a[3], number(a[4]))
	case "group":
		group(a[1], a[2], a[3])
	}
}

// kafka-go 0.2 behind the commands of ../../README.md. It speaks only the old protocol: message format 1, Produce 2, Fetch 2.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/gzip"
	"github.com/segmentio/kafka-go/lz4"
	"github.com/segmentio/kafka-go/snappy"
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

func record(m kafka.Message) {
	say(map[string]interface{}{"partition": m.Partition, "offset": m.Offset, "value": string(m.Value)})
}

func produce(address, topic, codec string, first, count int64) {
	config := kafka.WriterConfig{Brokers: []string{address}, Topic: topic, Balancer: &kafka.RoundRobin{}, RequiredAcks: -1, BatchTimeout: 10 * time.Millisecond, MaxAttempts: 30}
	switch codec {
	case "gzip":
		config.CompressionCodec = gzip.NewCompressionCodec()
	case "snappy":
		config.CompressionCodec = snappy.NewCompressionCodec()
	case "lz4":
		config.CompressionCodec = lz4.NewCompressionCodec()
	}
	writer := kafka.NewWriter(config)
	messages := []kafka.Message{}
	for n := first; n < first+count; n++ {
		messages = append(messages, kafka.Message{Key: []byte(fmt.Sprintf("k%d", n)), Value: []byte(fmt.Sprintf("%d:%s", n, strings.Repeat("ouzel ", 40)))})
	}
	must(writer.WriteMessages(context.Background(), messages...))
	say(map[string]interface{}{"acknowledged": count})
	must(writer.Close())
}

func consume(address, topic, from string, count int64) {
	connection, err := kafka.Dial("tcp", address)
	must(err)
	partitions, err := connection.ReadPartitions(topic)
	must(err)
	messages := make(chan kafka.Message)
	for _, partition := range partitions {
		var offset int64 = kafka.FirstOffset
		if from != "beginning" {
			leader, err := kafka.DialLeader(context.Background(), "tcp", address, topic, partition.ID)
			must(err)
			at := number(from)
			offset, err = leader.ReadOffset(time.Unix(at/1000, at%1000*1000000))
			must(err)
			leader.Close()
		}
		reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: topic, Partition: partition.ID, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: 300 * time.Millisecond})
		must(reader.SetOffset(offset))
		go func() {
			for {
				m, err := reader.ReadMessage(context.Background())
				must(err)
				messages <- m
			}
		}()
	}
	for ; count > 0; count-- {
		record(<-messages)
	}
}

// assignments turns the library's remark about its partitions into a line; it tells nobody else.
type assignments struct{}

var subscribed = regexp.MustCompile(`subscribed to partitions: map\[(.*)\]`)

func (assignments) Write(text []byte) (int, error) {
	if found := subscribed.FindSubmatch(text); found != nil {
		assigned := []int64{}
		for _, pair := range strings.Fields(string(found[1])) {
			assigned = append(assigned, number(strings.Split(pair, ":")[0]))
		}
		say(map[string]interface{}{"assigned": assigned})
	}
	return len(text), nil
}

func group(address, topic, name string) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: topic, GroupID: name, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: 300 * time.Millisecond,
		SessionTimeout: 6 * time.Second, RebalanceTimeout: 6 * time.Second, HeartbeatInterval: 500 * time.Millisecond,
		Logger: log.New(assignments{}, "", 0), ErrorLogger: log.New(os.Stderr, "", 0)})
	ctx, leave := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		leave()
	}()
	for {
		message, err := reader.FetchMessage(ctx)
		if ctx.Err() != nil {
			break
		}
		must(err)
		if err := reader.CommitMessages(context.Background(), message); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		record(message)
	}
	must(reader.Close())
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

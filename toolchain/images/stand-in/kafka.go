// Writes to Kafka as oura's client does: in version 0 of its protocol, which brokers take up to Kafka 3.9.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"time"
)

const (
	produceTimeout = 10 * time.Second
	answerLimit    = 1 << 20
)

// produce writes the messages to the topic's first partition, all at once, through the first broker that takes them: only
// the partition's leader does. It fails with what each of them said.
func produce(ctx context.Context, brokers []string, topic string, messages [][]byte) error {
	var refusals []error
	for _, broker := range brokers {
		err := produceTo(ctx, broker, topic, messages)
		if err == nil {
			return nil
		}
		refusals = append(refusals, fmt.Errorf("broker %s: %w", broker, err))
	}
	return errors.Join(refusals...)
}

func produceTo(ctx context.Context, broker, topic string, messages [][]byte) error {
	conn, err := (&net.Dialer{Timeout: produceTimeout}).DialContext(ctx, "tcp", broker)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(produceTimeout))
	if _, err := conn.Write(request(topic, messages)); err != nil {
		return err
	}
	var size uint32
	if err := binary.Read(conn, binary.BigEndian, &size); err != nil {
		return err
	}
	if size > answerLimit {
		return fmt.Errorf("an answer of %d bytes", size)
	}
	answer := make([]byte, size)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	// Correlation, number of topics, name, number of partitions, partition: then its error.
	at := 4 + 4 + 2 + len(topic) + 4 + 4
	if len(answer) < at+2 {
		return fmt.Errorf("an answer of only %d bytes", size)
	}
	switch code := int16(binary.BigEndian.Uint16(answer[at:])); code {
	case 0:
		return nil
	case 3:
		return fmt.Errorf("there is no topic %s", topic)
	case 6:
		return errors.New("it does not lead the partition")
	default:
		return fmt.Errorf("it refused the messages with Kafka's error %d", code)
	}
}

// request is a whole Produce request: acknowledged by the leader, one topic, one partition.
func request(topic string, messages [][]byte) []byte {
	var set []byte
	for _, message := range messages {
		body := []byte{0, 0}                                // format 0, not compressed
		body = binary.BigEndian.AppendUint32(body, 1<<32-1) // no key
		body = sized(body, message)
		body = append(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)), body...)
		set = sized(append(set, make([]byte, 8)...), body) // the broker counts offsets itself
	}
	all := []byte{0, 0, 0, 0, 0, 0, 0, 1} // Produce, version 0, correlation
	all = text(all, "oura")
	all = binary.BigEndian.AppendUint16(all, 1) // acknowledged by the leader
	all = binary.BigEndian.AppendUint32(all, uint32(produceTimeout.Milliseconds()))
	all = text(binary.BigEndian.AppendUint32(all, 1), topic)
	all = binary.BigEndian.AppendUint32(all, 1) // partitions
	all = binary.BigEndian.AppendUint32(all, 0) // the first one
	return sized(nil, sized(all, set))
}

func sized(to, bytes []byte) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(bytes))), bytes...)
}

func text(to []byte, value string) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(len(value))), value...)
}

// Acts for oura, which reads registrations of dApps from a node and writes them to Kafka. There is no chain to read here:
// it writes made-up registrations, once, to the topic that oura's own configuration names.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"
)

const ouraConfiguration = "/etc/oura/daemon.toml"

// made are the messages, as oura's sink writes them (utxorpc's JSON of a transaction). What they point to is in
// sandbox/outside/, which the sandbox serves to its pods.
//
//go:embed messages.json
var made []byte

func actForOura(ctx context.Context) error {
	text, err := os.ReadFile(ouraConfiguration)
	if err != nil {
		return err
	}
	settings, err := readSettings(text)
	if err != nil {
		return fmt.Errorf("%s: %w", ouraConfiguration, err)
	}
	messages, err := compact(made)
	if err != nil {
		return err
	}
	if err := writeOnce(ctx, settings, messages); err != nil {
		return err
	}
	// Last, because this is the port that says that the pod is ready.
	metrics, err := net.Listen("tcp", settings.metrics)
	if err != nil {
		return err
	}
	go http.Serve(metrics, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "# A stand-in for oura: it has no chain to read and no metrics. It makes up %d registrations.\n", len(messages))
	}))
	<-ctx.Done()
	return nil
}

// writeOnce writes the messages unless a mark beside oura's cursor says that they are written. It waits for brokers and
// topic. When it is ended before the mark is there they are written again: their transactions are the same, so that a
// reader who knows one by its hash counts it once.
func writeOnce(ctx context.Context, to settings, messages [][]byte) error {
	mark := to.cursor + ".stand-in"
	if _, err := os.Stat(mark); err == nil {
		say("The made-up registrations were written before: %s.", mark)
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for last := ""; ; {
		err := produce(ctx, to.brokers, to.topic, messages)
		if err == nil {
			say("Wrote %d made-up registrations to the topic %s.", len(messages), to.topic)
			return os.WriteFile(mark, []byte(to.topic+"\n"), 0o644)
		}
		if err.Error() != last {
			last = err.Error()
			say("Not written yet: %v", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// compact splits a JSON list into its items, each on one line.
func compact(list []byte) ([][]byte, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(list, &items); err != nil {
		return nil, err
	}
	lines := make([][]byte, len(items))
	for i, item := range items {
		var line bytes.Buffer
		if err := json.Compact(&line, item); err != nil {
			return nil, err
		}
		lines[i] = line.Bytes()
	}
	return lines, nil
}

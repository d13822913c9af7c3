// What is read of oura's configuration, as the chart renders it, and what is sent.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

const configuration = `
[source]
type = "N2N"
peers = ["node:3001"]

[sink]
type = "Kafka"
brokers = ["b-1:9092","b-2:9092"]
topic = "registrations"

[cursor]
type = "File"
path = "/var/oura/cursor.json"

[metrics]
address = "0.0.0.0:9186"
`

func TestReadsWhatItNeeds(t *testing.T) {
	found, err := readSettings([]byte(configuration))
	wanted := settings{[]string{"b-1:9092", "b-2:9092"}, "registrations", "/var/oura/cursor.json", "0.0.0.0:9186"}
	if err != nil || !reflect.DeepEqual(found, wanted) {
		t.Fatal(found, err)
	}
}

// The chart's own configuration, out of the manifests that the golden tests compare.
func TestReadsWhatTheChartWrites(t *testing.T) {
	rendered, err := os.ReadFile("../../../test/golden/expected/dapp-store/oura.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, config, _ := strings.Cut(string(rendered), "daemon.toml: |\n")
	config, _, _ = strings.Cut(config, "\n---")
	found, err := readSettings([]byte(config))
	if err != nil || len(found.brokers) == 0 || found.cursor != "/var/oura/cursor.json" {
		t.Fatal(found, err)
	}
}

func TestNamesAllThatIsWrong(t *testing.T) {
	_, err := readSettings([]byte("[sink]\nbrokers = nonsense\n"))
	for _, part := range []string{"line 2, sink.brokers", "sink.topic is missing", "cursor.path", "metrics.address"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %s", err, part)
		}
	}
}

func TestMessagesAreOneLineEach(t *testing.T) {
	messages, err := compact(made)
	if err != nil || len(messages) < 3 {
		t.Fatal(len(messages), err)
	}
	for _, message := range messages {
		if bytes.ContainsRune(message, '\n') || !json.Valid(message) {
			t.Errorf("%s", message)
		}
	}
}

// The part of oura's configuration that its stand-in goes by.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

type settings struct {
	brokers []string // host:port
	topic   string
	cursor  string // file in which oura keeps how far it has read
	metrics string // listening address
}

// readSettings reads the keys that it knows. Their values must be texts and lists of texts on one line, which look the
// same in TOML and JSON; everything else is passed over.
func readSettings(text []byte) (settings, error) {
	var found settings
	wanted := map[string]any{
		"sink.brokers":    &found.brokers,
		"sink.topic":      &found.topic,
		"cursor.path":     &found.cursor,
		"metrics.address": &found.metrics,
	}
	section := ""
	var problems []error
	lines := bufio.NewScanner(bytes.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		name := section + "." + strings.TrimSpace(key)
		if into, ok := wanted[name]; ok {
			if err := json.Unmarshal([]byte(strings.TrimSpace(value)), into); err != nil {
				problems = append(problems, fmt.Errorf("line %d, %s: %w", number, name, err))
			}
			delete(wanted, name)
		}
	}
	for name := range wanted {
		problems = append(problems, fmt.Errorf("%s is missing", name))
	}
	return found, errors.Join(problems...)
}

package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func TestOutsideServesTheFilesOfAHost(t *testing.T) {
	_, ca, roots := testAuthority(t)
	directory := filepath.Join(t.TempDir(), "outside")
	if err := os.MkdirAll(filepath.Join(directory, "made-up.example"), 0o755); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(directory, "made-up.example", "a.json"), []byte(`{"a":1}`), 0o644)
	os.WriteFile(filepath.Join(directory, "..", "secret"), []byte("secret"), 0o644)
	server, err := newOutside(ca, directory)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.ServeTLS(listener, "", "")
	defer server.Close()
	client := clientOf(listener.Addr().String(), roots)

	for _, c := range []struct {
		host, path, body string
		status           int
	}{
		{"made-up.example", "/a.json", `{"a":1}`, http.StatusOK},
		{"made-up.example", "/b.json", "", http.StatusNotFound},
		{"other.example", "/a.json", "", http.StatusNotFound},
		{"made-up.example", "/../../secret", "", http.StatusNotFound},
		{"made-up.example", "/../secret", "", http.StatusNotFound},
	} {
		request, _ := http.NewRequest(http.MethodGet, "https://"+c.host, nil)
		request.URL.Path = c.path
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(c, err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != c.status || c.body != "" && string(body) != c.body {
			t.Errorf("%s%s: %d %s", c.host, c.path, answer.StatusCode, body)
		}
	}
}

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A part may answer while the body is still being read, which the server does not allow for its own.
func TestABodyOutlivesTheBeginningOfTheAnswer(t *testing.T) {
	late := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			io.WriteString(w, err.Error())
		}
		w.Write(body)
	})
	for name, handler := range map[string]http.Handler{"whole": whole(late), "as it comes": late} {
		server := httptest.NewServer(handler)
		defer server.Close()
		answer, err := http.Post(server.URL, "text/plain", strings.NewReader("the body"))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		if (string(text) == "the body") != (name == "whole") {
			t.Errorf("%s: got %q", name, text)
		}
	}
}

func TestALargeBodyIsPassedOnAsItComes(t *testing.T) {
	length := int64(-1)
	handler := whole(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		length, _ = io.Copy(io.Discard, r.Body)
	}))
	request := httptest.NewRequest(http.MethodPut, "/", strings.NewReader(strings.Repeat("x", wholeBody+1)))
	handler.ServeHTTP(httptest.NewRecorder(), request)
	if length != wholeBody+1 {
		t.Errorf("got %d bytes", length)
	}
}

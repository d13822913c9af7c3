package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// late is a transport that answers while the body is still being read, which net/http's may do.
type late struct{}

func (late) RoundTrip(r *http.Request) (*http.Response, error) {
	read, write := io.Pipe()
	go func() {
		io.WriteString(write, "the answer: ")
		io.WriteString(write, "") // returns when the server comes for more, so it has sent what was before
		_, err := io.Copy(write, r.Body)
		write.CloseWithError(err)
	}()
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: read, Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
}

// What is posted to a handler that passes requests on, with next in the place of the network.
func posted(t *testing.T, next http.RoundTripper, body string) string {
	t.Helper()
	before := transport
	transport = next
	defer func() { transport = before }()
	server := httptest.NewServer(admissionHandler("127.0.0.1:1"))
	defer server.Close()
	answer, err := http.Post(server.URL+"/_sandbox/admission", "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

func TestABodyOutlivesTheBeginningOfTheAnswer(t *testing.T) {
	if text := posted(t, whole{late{}}, "the body"); text != "the answer: the body" {
		t.Errorf("got %q", text)
	}
	if text := posted(t, late{}, "the body"); text == "the answer: the body" {
		t.Errorf("the server does not close a body any more, so that nothing is to be read first")
	}
}

func TestEverythingIsPassedOnByIt(t *testing.T) {
	if _, read := transport.(whole); !read {
		t.Errorf("bodies are not read first")
	}
}

func TestALargeBodyIsPassedOnAsItComes(t *testing.T) {
	body := strings.Repeat("x", wholeBody+1)
	request := httptest.NewRequest(http.MethodPut, "/", strings.NewReader(body))
	seen := request.Body
	whole{inspect(func(r *http.Request) {
		if r.Body != seen {
			t.Errorf("another body is passed on")
		}
	})}.RoundTrip(request)
}

type inspect func(*http.Request)

func (i inspect) RoundTrip(r *http.Request) (*http.Response, error) {
	i(r)
	return nil, io.EOF
}

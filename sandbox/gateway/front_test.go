// One port for everything: TLS, plain HTTP, TLS passed through, and clients that say nothing.
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func TestTLSAndPlainOnOnePort(t *testing.T) {
	_, ca, roots := testAuthority(t)
	address := gatewayUnderTest(t, ca, "", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s tls=%t", r.Host, r.TLS != nil)
	}))
	client := clientOf(address, roots)
	for _, url := range []string{"http://a.example/", "https://a.example/", "https://b.example/"} {
		want := fmt.Sprintf("%s.example tls=%t", string(url[len(url)-10]), url[4] == 's')
		if _, body := get(t, client, url); body != want {
			t.Errorf("GET %s: %q, want %q", url, body, want)
		}
	}
	// By address: no server name in the greeting.
	if _, body := get(t, client, "https://"+address+"/"); body != address+" tls=true" {
		t.Errorf("by address: %q", body)
	}
}

func TestKubernetesIsPassedThrough(t *testing.T) {
	_, ca, roots := testAuthority(t)
	// An API server that shows that the client's TLS reaches it: it answers in a protocol of its own.
	backend, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: ca.config().GetCertificate, NextProtos: []string{"own"}})
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	go func() {
		for {
			conn, err := backend.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			fmt.Fprintf(conn, "api server got %s", line)
			conn.Close()
		}
	}()
	address := gatewayUnderTest(t, ca, backend.Addr().String(), http.NotFoundHandler())
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots, ServerName: "nonprod.eks.us-east-1.sandbox.test", NextProtos: []string{"own"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintln(conn, "hello")
	if answer, _ := io.ReadAll(conn); string(answer) != "api server got hello\n" {
		t.Errorf("got %q", answer)
	}
}

func TestSilentClientDoesNotBlockOthers(t *testing.T) {
	_, ca, roots := testAuthority(t)
	address := gatewayUnderTest(t, ca, "", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }))
	silent, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	half, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	half.Write([]byte{tlsHandshake, 3, 1})
	client := clientOf(address, roots)
	client.Timeout = 5 * time.Second
	if _, body := get(t, client, "https://a.example/"); body != "ok" {
		t.Errorf("got %q", body)
	}
}

// The engine's tunnel: one connection serves clients one after the other, however the one before ended.
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

// tunnelUnderTest connects as the engine does, once for all clients of a port.
func tunnelUnderTest(t *testing.T, idle time.Duration) (conn net.Conn, config *tls.Config) {
	t.Helper()
	_, ca, roots := testAuthority(t)
	front := newFront(ca, "", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %d", r.Method, r.URL.Path, len(body))
	}))
	front.server.IdleTimeout = idle
	tunnel := freePort(t)
	go front.serve(freePort(t), tunnel)
	conn, err := net.Dial("tcp", tunnel.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn, &tls.Config{RootCAs: roots, ServerName: "a.example"}
}

// visitOnce is a client of its own: nothing of the one before is left in its buffer.
func visitOnce(t *testing.T, conn net.Conn, request string) string {
	t.Helper()
	if _, err := io.WriteString(conn, request+"\r\n\r\n"); err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	return string(body)
}

func TestNextClientOfTunnelIsServedAfter(t *testing.T) {
	for name, before := range map[string]func(*testing.T, net.Conn, *tls.Config){
		"a client that closes": func(t *testing.T, conn net.Conn, _ *tls.Config) {
			visitOnce(t, conn, "GET /first HTTP/1.1\r\nHost: a\r\nConnection: close")
			time.Sleep(300 * time.Millisecond) // a host does not give the same port to the next client at once
		},
		"an idle client": func(t *testing.T, conn net.Conn, _ *tls.Config) {
			visitOnce(t, conn, "GET /first HTTP/1.1\r\nHost: a")
			time.Sleep(300 * time.Millisecond)
		},
		"a client that speaks no HTTP": func(t *testing.T, conn net.Conn, _ *tls.Config) {
			io.WriteString(conn, "hello\r\n\r\n")
			time.Sleep(300 * time.Millisecond)
			readWaiting(conn) // an answer that says no length
		},
		"an answer that was cut off": func(t *testing.T, conn net.Conn, _ *tls.Config) {
			io.WriteString(conn, "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n")
			time.Sleep(300 * time.Millisecond)
			readWaiting(conn)
		},
		"a client with TLS": func(t *testing.T, conn net.Conn, config *tls.Config) {
			client := tls.Client(conn, config)
			if body := visitOnce(t, client, "GET /first HTTP/1.1\r\nHost: a\r\nConnection: close"); body != "GET /first 0" {
				t.Fatalf("with TLS: %q", body)
			}
			time.Sleep(300 * time.Millisecond)
			readWaiting(conn) // its farewell
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn, config := tunnelUnderTest(t, 100*time.Millisecond)
			before(t, conn, config)
			for range 3 {
				if body := visitOnce(t, conn, "POST /next HTTP/1.1\r\nHost: a\r\nContent-Length: 0"); body != "POST /next 0" {
					t.Errorf("got %q", body)
				}
			}
		})
	}
}

func TestClientOfTunnelThatVanishedCostsOneAnswer(t *testing.T) {
	conn, _ := tunnelUnderTest(t, time.Minute)
	io.WriteString(conn, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\nhalf")
	visitOnce(t, conn, "GET /taken-for-the-rest HTTP/1.1\r\nHost: a") // answers the upload
	time.Sleep(300 * time.Millisecond)
	readWaiting(conn) // what the rest of it was answered with
	if body := visitOnce(t, conn, "GET /next HTTP/1.1\r\nHost: a"); body != "GET /next 0" {
		t.Errorf("got %q", body)
	}
}

// readWaiting reads what has arrived already.
func readWaiting(conn net.Conn) {
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	io.Copy(io.Discard, conn)
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
}

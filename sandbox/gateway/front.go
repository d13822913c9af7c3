// One port for TLS and plain HTTP: the first byte decides, the server name in the TLS greeting routes.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	tlsHandshake    = 0x16 // first byte of every TLS connection
	greetingTimeout = 10 * time.Second

	// Clients on whose connection nothing moves are taken for gone: the engine's tunnel does not say it (tunnel.go).
	// Clients of Kubernetes that wait for events send a ping every 30 seconds.
	idleTimeout         = 15 * time.Second
	idleKubernetesLimit = 2 * time.Minute
)

// front accepts the sandbox's connections and hands them on: Kubernetes by server name, the rest to HTTP.
type front struct {
	ca        *authority
	apiServer string
	server    *http.Server
	accepted  queue

	// Of CONNECT to names that are not the sandbox's: who may, and how they are reached.
	isNeighbour func(client net.Conn) bool
	dialOutward func(ctx context.Context, network, address string) (net.Conn, error)
}

func newFront(ca *authority, apiServer string, handler http.Handler) *front {
	f := &front{
		ca:          ca,
		apiServer:   apiServer,
		accepted:    queue{conns: make(chan net.Conn), done: make(chan struct{})},
		isNeighbour: isNeighbour,
		dialOutward: (&net.Dialer{Control: outsideOnly}).DialContext,
	}
	routes := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			f.connect(w, r)
		} else {
			handler.ServeHTTP(w, r)
		}
	}
	f.server = &http.Server{Handler: http.HandlerFunc(routes), ReadHeaderTimeout: 30 * time.Second, IdleTimeout: idleTimeout}
	return f
}

// serve accepts connections until one of the listeners fails: a connection of the first is one client's, one of the tunnel
// is of many, one after the other.
func (f *front) serve(direct, tunnel net.Listener) error {
	f.accepted.addr = direct.Addr()
	defer f.accepted.Close()
	go f.server.Serve(&f.accepted)
	failed := make(chan error, 2)
	go func() { failed <- accept(direct, f.dispatch) }()
	go func() { failed <- accept(tunnel, f.visits) }()
	return <-failed
}

// accept hands on each connection of a listener until that fails.
func accept(listener net.Listener, handle func(net.Conn)) error {
	for {
		conn, err := listener.Accept()
		var temporary interface{ Temporary() bool }
		if errors.As(err, &temporary) && temporary.Temporary() {
			time.Sleep(50 * time.Millisecond) // out of file descriptors, for instance
			continue
		}
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

func (f *front) dispatch(conn net.Conn) {
	conn.SetReadDeadline(time.Now().Add(greetingTimeout))
	buffered := bufio.NewReader(conn)
	first, err := buffered.Peek(1)
	if err != nil {
		conn.Close()
		return
	}
	conn = &replay{Conn: conn, reader: buffered}
	if first[0] != tlsHandshake {
		conn.SetReadDeadline(time.Time{})
		f.accepted.put(conn)
		return
	}
	name, conn := serverName(conn)
	conn.SetReadDeadline(time.Time{})
	if classify(name) == toKubernetes {
		f.passThrough(conn)
		return
	}
	f.accepted.put(tls.Server(conn, f.ca.config()))
}

// passThrough connects the client with the API server without looking inside.
func (f *front) passThrough(client net.Conn) {
	defer client.Close()
	server, err := net.DialTimeout("tcp", f.apiServer, greetingTimeout)
	if err != nil {
		log.Printf("the Kubernetes API cannot be reached: %v", err)
		return
	}
	defer server.Close()
	join(client, server)
}

// join passes on what either of two connections says to the other, until both have said all.
func join(client, server net.Conn) {
	done := make(chan struct{}, 2)
	pipe := func(to, from net.Conn) {
		io.Copy(to, &impatient{from})
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
		done <- struct{}{}
	}
	go pipe(server, client)
	go pipe(client, server)
	<-done
	<-done
}

// impatient gives up a read that lasts longer than a client, such as one of Kubernetes, may be silent.
type impatient struct{ net.Conn }

func (i *impatient) Read(p []byte) (int, error) {
	i.Conn.SetReadDeadline(time.Now().Add(idleKubernetesLimit))
	return i.Conn.Read(p)
}

// serverName reads the TLS greeting and returns the host asked for, and a connection that starts with it again.
func serverName(conn net.Conn) (string, net.Conn) {
	var seen bytes.Buffer
	var name string
	stop := errors.New("seen enough")
	peek := tls.Server(silent{conn, io.TeeReader(conn, &seen)}, &tls.Config{
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			name = hello.ServerName
			return nil, stop
		},
	})
	peek.Handshake() // fails by design; what it read is replayed
	return name, &replay{Conn: conn, reader: io.MultiReader(&seen, conn)}
}

// silent reads from a copy and swallows writes: the peeking handshake must not answer the client.
type silent struct {
	net.Conn
	reader io.Reader
}

func (s silent) Read(p []byte) (int, error)  { return s.reader.Read(p) }
func (s silent) Write(p []byte) (int, error) { return len(p), nil }

// replay is a connection whose first bytes have been read already.
type replay struct {
	net.Conn
	reader io.Reader
}

func (r *replay) Read(p []byte) (int, error) { return r.reader.Read(p) }

// CloseWrite keeps half-closing possible through the wrapper.
func (r *replay) CloseWrite() error {
	if half, ok := r.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// queue is a listener of connections that were accepted elsewhere.
type queue struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
	addr  net.Addr
}

func (q *queue) put(conn net.Conn) {
	select {
	case q.conns <- conn:
	case <-q.done:
		conn.Close()
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case conn := <-q.conns:
		return conn, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

func (q *queue) Addr() net.Addr { return q.addr }

// The engine's tunnel, through which people on the host reach the sandbox at localhost: its connections stay open for ever.
//
// The tunnel tells the host's connections apart by their client port alone and never closes its own end. If this end closed
// one, the next client with that port would get no answer, and the second write to it would end the tunnel for everybody
// (dagger 0.21.8, ListenHostToContainer in engine/engineutil/client.go). So a connection is never closed here. The tunnel
// does not say that a client is gone, either: what comes after one client's requests is the next client.
package main

import (
	"bufio"
	"net"
	"sync"
	"time"
)

// visits hands the clients of one connection on, one after the other, until the engine itself ends the connection.
func (f *front) visits(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		if _, err := reader.Peek(1); err != nil {
			return
		}
		one := &visit{Conn: conn, reader: reader, ended: make(chan struct{})}
		f.dispatch(one)
		<-one.ended
	}
}

// visit is one client's part of a connection. Closing it leaves the connection open.
type visit struct {
	net.Conn
	reader *bufio.Reader
	ended  chan struct{}

	state  sync.Mutex // of closed, and of the connection's deadlines
	closed bool

	reading, writing sync.Mutex // held by whoever is in the connection
}

func (v *visit) Read(p []byte) (int, error) {
	v.reading.Lock()
	defer v.reading.Unlock()
	if v.isClosed() {
		return 0, net.ErrClosed
	}
	return v.reader.Read(p)
}

func (v *visit) Write(p []byte) (int, error) {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.isClosed() {
		return 0, net.ErrClosed
	}
	return v.Conn.Write(p)
}

// Close ends the visit: reads and writes that wait for this client end, and the next client may come.
func (v *visit) Close() error {
	v.state.Lock()
	if v.closed {
		v.state.Unlock()
		return net.ErrClosed
	}
	v.closed = true
	v.Conn.SetDeadline(time.Unix(1, 0))
	v.state.Unlock()

	v.reading.Lock()
	v.writing.Lock()
	v.Conn.SetDeadline(time.Time{})
	v.writing.Unlock()
	v.reading.Unlock()
	close(v.ended)
	return nil
}

// CloseWrite cannot be passed on: the client would wait for an end that never comes, so its visit ends.
func (v *visit) CloseWrite() error { return v.Close() }

func (v *visit) isClosed() bool {
	v.state.Lock()
	defer v.state.Unlock()
	return v.closed
}

func (v *visit) SetDeadline(t time.Time) error      { return v.limit(v.Conn.SetDeadline, t) }
func (v *visit) SetReadDeadline(t time.Time) error  { return v.limit(v.Conn.SetReadDeadline, t) }
func (v *visit) SetWriteDeadline(t time.Time) error { return v.limit(v.Conn.SetWriteDeadline, t) }

// limit sets a deadline, but not that of the next client.
func (v *visit) limit(set func(time.Time) error, t time.Time) error {
	v.state.Lock()
	defer v.state.Unlock()
	if v.closed {
		return net.ErrClosed
	}
	return set(t)
}

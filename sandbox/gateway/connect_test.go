// The gateway as a proxy: its own names, the outside, and who is not let there.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// proxyUnderTest serves a front on a free port; change it before it serves.
func proxyUnderTest(t *testing.T, apiServer string, change func(*front)) (proxy string, roots *x509.CertPool) {
	t.Helper()
	_, ca, roots := testAuthority(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	f := newFront(ca, apiServer, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "gateway %s %s tls=%t", r.Method, r.Host, r.TLS != nil)
	}))
	change(f)
	go f.serve(listener, freePort(t))
	return listener.Addr().String(), roots
}

// clientThrough is a client as tools are that find HTTPS_PROXY in their environment.
func clientThrough(proxy string, roots *x509.CertPool) *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		Proxy:           http.ProxyURL(&url.URL{Scheme: "http", Host: proxy}),
		TLSClientConfig: &tls.Config{RootCAs: roots},
	}}
}

func refusesOutside(t *testing.T) func(*front) {
	return func(f *front) {
		f.isNeighbour = func(net.Conn) bool { return true }
		f.dialOutward = func(_ context.Context, _, address string) (net.Conn, error) {
			t.Errorf("%s was looked for outside", address)
			return nil, errors.New("not here")
		}
	}
}

func TestOwnNamesThroughTheProxy(t *testing.T) {
	proxy, roots := proxyUnderTest(t, "", refusesOutside(t))
	client := clientThrough(proxy, roots)
	for _, host := range []string{
		"aws.sandbox.test:8443", "bucket.aws.sandbox.test", "1.dkr.ecr.us-east-1.sandbox.test:8443", "unknown.sandbox.test", "sandbox.test", "127.0.0.1:5001",
	} {
		want := fmt.Sprintf("gateway GET %s tls=true", host)
		if _, body := get(t, client, "https://"+host+"/"); body != want {
			t.Errorf("%s: %q, want %q", host, body, want)
		}
	}
}

func TestKubernetesThroughTheProxy(t *testing.T) {
	backend := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "api server") }))
	backend.EnableHTTP2 = true
	backend.StartTLS()
	t.Cleanup(backend.Close)
	proxy, _ := proxyUnderTest(t, backend.Listener.Addr().String(), refusesOutside(t))
	client := clientThrough(proxy, nil)
	client.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
	if _, body := get(t, client, "https://nonprod.eks.us-east-1.sandbox.test:8443/"); body != "api server" {
		t.Errorf("got %q", body)
	}
}

func TestTheOutsideThroughTheProxy(t *testing.T) {
	outside := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "outside "+r.Host) }))
	t.Cleanup(outside.Close)
	for _, neighbour := range []bool{true, false} {
		proxy, _ := proxyUnderTest(t, "", func(f *front) {
			f.isNeighbour = func(net.Conn) bool { return neighbour }
			f.dialOutward = func(_ context.Context, network, address string) (net.Conn, error) {
				if address != "example.com:443" {
					return nil, errors.New("no such host")
				}
				return net.Dial(network, outside.Listener.Addr().String())
			}
		})
		client := outside.Client()
		client.Transport.(*http.Transport).Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})
		client.CloseIdleConnections()
		answer, err := client.Get("https://example.com/")
		if !neighbour {
			if err == nil || !strings.Contains(err.Error(), "only containers of the sandbox's own engine") {
				t.Errorf("through the tunnel: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(answer.Body); string(body) != "outside example.com" {
			t.Errorf("got %q", body)
		}
		if _, err := client.Get("https://sandbox.test.example.com:8443/"); err == nil ||
			!strings.Contains(err.Error(), "sandbox.test.example.com:8443 cannot be reached from the sandbox: no such host") {
			t.Errorf("a name that is not there: %v", err)
		}
	}
}

// What a name leads to is looked at, not the name: whoever owns one can point it at an address inside.
func TestNamesThatLeadInsideAreNotReached(t *testing.T) {
	secret := standIn(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "secret") })
	_, port, _ := net.SplitHostPort(secret)
	proxy, _ := proxyUnderTest(t, "", func(f *front) {
		inner := f.dialOutward
		f.isNeighbour = func(net.Conn) bool { return true }
		f.dialOutward = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return inner(ctx, network, "localhost:"+port) // a name outside whose owner points it here
		}
	})
	conn, err := net.Dial("tcp", proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "CONNECT rebound.example.com:%s HTTP/1.1\r\nHost: rebound.example.com\r\n\r\n", port)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusBadGateway || !strings.Contains(answer.Status, "is not an address outside") {
		t.Errorf("got %v %v", answer, err)
	}
}

func TestOutsideOnly(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:443": false, "[::1]:443": false, "0.0.0.0:443": false, "169.254.169.254:80": false, "224.0.0.1:80": false,
		"203.0.113.1:443": true, "[2001:db8::1]:443": true,
	} {
		if err := outsideOnly("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, network := range ownNetworks() {
		if err := outsideOnly("tcp", net.JoinHostPort(network.IP.String(), "443"), nil); err == nil {
			t.Errorf("%s is this machine's own", network)
		}
	}
}

func TestNeighbours(t *testing.T) {
	parse := func(text string) *net.IPNet {
		ip, network, _ := net.ParseCIDR(text)
		return &net.IPNet{IP: ip, Mask: network.Mask}
	}
	networks := []*net.IPNet{parse("127.0.0.1/8"), parse("10.87.0.12/16"), parse("10.99.0.1/24")}
	for _, c := range []struct {
		peer, local string
		want        bool
	}{
		{"10.87.0.99", "10.87.0.12", true},
		{"::ffff:10.87.0.99", "::ffff:10.87.0.12", true},
		{"192.168.1.5", "10.87.0.12", false},
		{"10.99.0.7", "10.87.0.12", false},
		{"10.87.0.99", "10.88.0.1", false},
	} {
		if got := sameNetwork(net.ParseIP(c.peer), net.ParseIP(c.local), networks); got != c.want {
			t.Errorf("%s to %s: %t", c.peer, c.local, got)
		}
	}
	table := filepath.Join(t.TempDir(), "route")
	os.WriteFile(table, []byte("Iface\tDestination\tGateway \tFlags\neth0\t0000570A\t00000000\t0001\neth0\t00000000\t0100570A\t0003\n"), 0o644)
	if got := router(table); !got.Equal(net.IPv4(10, 87, 0, 1)) {
		t.Errorf("router %v", got)
	}
	if got := router(table + ".none"); got != nil {
		t.Errorf("router %v", got)
	}
}

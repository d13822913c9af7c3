// What the tests share: an authority of their own, stand-ins for cloud and registry, a gateway on a free port.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writePEM writes one PEM block.
func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	var text bytes.Buffer
	pem.Encode(&text, &pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// testAuthority makes a run directory with ca.crt and ca.key, as the start script does.
func testAuthority(t *testing.T) (run string, ca *authority, roots *x509.CertPool) {
	t.Helper()
	run = t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(run, "ca.crt"), "CERTIFICATE", der)
	writePEM(t, filepath.Join(run, "ca.key"), "PRIVATE KEY", secret)
	ca, err = loadAuthority(filepath.Join(run, "ca.crt"), filepath.Join(run, "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(ca.cert)
	return run, ca, roots
}

// gatewayUnderTest serves a handler on a free port, TLS and plain.
func gatewayUnderTest(t *testing.T, ca *authority, apiServer string, handler http.Handler) (address string) {
	t.Helper()
	direct := freePort(t)
	go newFront(ca, apiServer, handler).serve(direct, freePort(t))
	return direct.Addr().String()
}

// freePort listens on this machine until the test ends.
func freePort(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

// clientOf connects to one address, whatever the host of the request.
func clientOf(address string, roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{RootCAs: roots},
	}}
}

// standIn answers with what it was asked, as lines of text.
func standIn(t *testing.T, handler http.HandlerFunc) (address string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// get returns status and body.
func get(t *testing.T, client *http.Client, url string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// The sandbox's one door: accepts TLS and plain HTTP on a single port and routes by host name.
//
//	aws.<domain>                  the cloud (AWS API)
//	*.dkr.ecr.<region>.<domain>   the registry, after the cloud has said that the caller may
//	*.eks.<region>.<domain>       the Kubernetes API: TLS passed through untouched, so client certificates work
//	localhost, an address         the sandbox's own pages: /ready /ca.crt /credentials /github-token /
//	anything else                 the Service that an Ingress names for that host and path
//
// What comes through the engine's tunnel arrives at a second port (tunnel.go).
// Inside, at an address of its own, it is also what the sandbox has of the internet (outside.go).
// It is also the proxy (CONNECT) by which tools in other containers reach these names.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// settings are where the other parts of the sandbox are found.
type settings struct {
	port      string // the one public port
	tunnel    string // the port for the engine's tunnel from the host
	run       string // the sandbox's run directory: ca.crt, ca.key, parts, ready/
	cloud     string // host:port of the cloud, plain HTTP
	registry  string // host:port of the registry, plain HTTP
	apiServer string // host:port of the Kubernetes API, TLS
	admission string // listening address for the API server's admission calls
	outside   string // listening address for what pods download from the internet
	internet  string // directory of what is served there, one directory a host
}

func main() {
	s := settings{
		port:      env("SANDBOX_PORT", "8443"),
		tunnel:    env("SANDBOX_TUNNEL_PORT", "8442"),
		run:       env("SANDBOX_RUN", "/run/sandbox"),
		cloud:     env("SANDBOX_CLOUD", "127.0.0.1:5001"),
		registry:  env("SANDBOX_REGISTRY", "127.0.0.1:5000"),
		apiServer: env("SANDBOX_API_SERVER", "127.0.0.1:6443"),
		admission: env("SANDBOX_ADMISSION", "127.0.0.1:5443"),
		outside:   env("SANDBOX_OUTSIDE", "127.0.0.1:5444"),
		internet:  env("SANDBOX_INTERNET", "/opt/sandbox/outside"),
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, s); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatalf("gateway: %v", err)
	}
}

// run serves until the context ends. The public port opens only when every part is ready, so that whoever can
// connect need not wait for anything; the admission listener is needed before that and opens at once.
func run(ctx context.Context, s settings) error {
	ca, err := loadAuthority(filepath.Join(s.run, "ca.crt"), filepath.Join(s.run, "ca.key"))
	if err != nil {
		return err
	}
	api, err := newCluster(s.apiServer, s.run)
	if err != nil {
		return err
	}
	admission, err := net.Listen("tcp", s.admission)
	if err != nil {
		return err
	}
	outside, err := net.Listen("tcp", s.outside)
	if err != nil {
		return err
	}
	internet, err := newOutside(ca, s.internet)
	if err != nil {
		return err
	}
	failed := make(chan error, 3)
	go func() { failed <- internet.ServeTLS(outside, "", "") }()
	inner := &http.Server{Handler: admissionHandler(s.cloud), TLSConfig: ca.config(), ReadHeaderTimeout: 10 * time.Second}
	go func() { failed <- inner.ServeTLS(admission, "", "") }()

	parts := parts{run: s.run}
	if err := parts.wait(ctx); err != nil {
		return err
	}
	public, err := net.Listen("tcp", ":"+s.port)
	if err != nil {
		return err
	}
	tunnel, err := net.Listen("tcp", ":"+s.tunnel)
	if err != nil {
		return err
	}
	log.Printf("listening on port %s, and on %s for the tunnel", s.port, s.tunnel)
	go func() { failed <- newFront(ca, s.apiServer, newRouter(s, api, parts)).serve(public, tunnel) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

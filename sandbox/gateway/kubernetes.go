// What the gateway reads from the Kubernetes API: Ingresses, Services, endpoints, simulated nodes.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// snapshotAge is how old an answer may be: a new Ingress works after that long at the latest.
const snapshotAge = time.Second

type meta struct {
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
}

type ingress struct {
	Metadata meta `json:"metadata"`
	Spec     struct {
		DefaultBackend *backend `json:"defaultBackend"`
		Rules          []struct {
			Host string `json:"host"`
			HTTP struct {
				Paths []struct {
					Path     string  `json:"path"`
					PathType string  `json:"pathType"`
					Backend  backend `json:"backend"`
				} `json:"paths"`
			} `json:"http"`
		} `json:"rules"`
	} `json:"spec"`
}

type backend struct {
	Service *struct {
		Name string `json:"name"`
		Port struct {
			Name   string `json:"name"`
			Number int    `json:"number"`
		} `json:"port"`
	} `json:"service"`
}

// port of a Service, or of the pods behind it: the name connects the two.
type port struct {
	Name string `json:"name"`
	Port int    `json:"port"`
}

type service struct {
	Metadata meta `json:"metadata"`
	Spec     struct {
		Ports []port `json:"ports"`
	} `json:"spec"`
}

type endpointSlice struct {
	Metadata  meta `json:"metadata"`
	Endpoints []struct {
		Addresses  []string `json:"addresses"`
		NodeName   string   `json:"nodeName"`
		Conditions struct {
			Ready *bool `json:"ready"`
		} `json:"conditions"`
	} `json:"endpoints"`
	Ports []port `json:"ports"`
}

type node struct {
	Metadata meta `json:"metadata"`
}

// snapshot is the state of the cluster that routing needs, read at one time.
type snapshot struct {
	ingresses []ingress
	services  []service
	slices    []endpointSlice
	simulated []node
}

// cluster reads snapshots through the Kubernetes API, as a user of its own that may only list.
type cluster struct {
	base   string
	client *http.Client

	mu    sync.Mutex
	at    time.Time
	state *snapshot
}

func newCluster(address, run string) (*cluster, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(run, "pki/gateway.crt"), filepath.Join(run, "pki/gateway.key"))
	if err != nil {
		return nil, fmt.Errorf("the gateway's client certificate: %w", err)
	}
	pem, err := os.ReadFile(filepath.Join(run, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots}
	return &cluster{
		base:   "https://" + address,
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}},
	}, nil
}

// read returns a snapshot that is at most snapshotAge old.
func (c *cluster) read(ctx context.Context) (*snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != nil && time.Since(c.at) < snapshotAge {
		return c.state, nil
	}
	var s snapshot
	for _, err := range []error{
		list(ctx, c, "/apis/networking.k8s.io/v1/ingresses", &s.ingresses),
		list(ctx, c, "/api/v1/services", &s.services),
		list(ctx, c, "/apis/discovery.k8s.io/v1/endpointslices", &s.slices),
		list(ctx, c, "/api/v1/nodes?labelSelector=wallet-world/simulated%3Dtrue", &s.simulated),
	} {
		if err != nil {
			return nil, err
		}
	}
	c.state, c.at = &s, time.Now()
	return c.state, nil
}

func list[T any](ctx context.Context, c *cluster, path string, into *[]T) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return err
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 500))
		return fmt.Errorf("GET %s: %s: %s", path, answer.Status, text)
	}
	body := struct {
		Items []T `json:"items"`
	}{}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	*into = body.Items
	return nil
}

// Which part of the sandbox answers for a host name.
package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

const domain = "sandbox.test"

type destination int

const (
	toSandbox    destination = iota // the sandbox's own pages
	toCloud                         // AWS API
	toRegistry                      // container registry
	toKubernetes                    // Kubernetes API
	toIngress                       // what runs in the cluster
)

// bareHost strips port, trailing dot and an appended ".localhost" (which browsers resolve to this machine).
func bareHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	return strings.TrimSuffix(host, ".localhost")
}

// classify tells from a host name alone who answers.
func classify(host string) destination {
	host = bareHost(host)
	name, ours := strings.CutSuffix(host, "."+domain)
	labels := strings.Split(name, ".")
	switch {
	case host == domain, !strings.Contains(host, "."), net.ParseIP(host) != nil:
		return toSandbox
	case !ours:
		return toIngress
	case labels[len(labels)-1] == "aws":
		return toCloud
	case len(labels) == 4 && labels[1] == "dkr" && labels[2] == "ecr":
		return toRegistry
	case len(labels) == 3 && labels[1] == "eks":
		return toKubernetes
	}
	return toIngress
}

// newRouter is the HTTP side of the public port. No ServeMux: it would rewrite paths, which breaks AWS signatures.
func newRouter(s settings, api *cluster, p parts) http.Handler {
	cloud := newProxy(s.cloud, "the cloud")
	registry := newRegistry(s.cloud, s.registry)
	ingress := &ingressHandler{api: api}
	pages := &pages{settings: s, api: api, parts: p, cloud: cloud}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := classify(r.Host)
		if r.TLS == nil && (to == toCloud || to == toRegistry || to == toKubernetes) {
			fail(w, http.StatusBadRequest, fmt.Sprintf("%s speaks HTTPS only: use https://%s", bareHost(r.Host), r.Host))
			return
		}
		switch to {
		case toSandbox:
			pages.ServeHTTP(w, r)
		case toCloud:
			if internal(r) {
				fail(w, http.StatusNotFound, "no such path")
				return
			}
			cloud.ServeHTTP(w, r)
		case toRegistry:
			registry.ServeHTTP(w, r)
		case toKubernetes: // TLS without a server name that matches the Host header
			fail(w, http.StatusMisdirectedRequest, "the Kubernetes API is chosen by the TLS server name: connect to "+r.Host)
		default:
			ingress.ServeHTTP(w, r)
		}
	})
}

// internal paths of the cloud are for the sandbox's own parts only.
func internal(r *http.Request) bool {
	return strings.HasPrefix(strings.TrimLeft(r.URL.Path, "/"), "_sandbox")
}

// fail answers with a line of plain text that says what is wrong.
func fail(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintf(w, "%d %s: %s\n", status, http.StatusText(status), text)
}

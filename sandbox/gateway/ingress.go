// Ingress rules, as a load balancer applies them: the longest matching path of the host's rules wins.
package main

import (
	"cmp"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
)

// refusal is an answer that says why nothing can be reached.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

type ingressHandler struct{ api *cluster }

func (h *ingressHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	state, err := h.api.read(r.Context())
	if err != nil {
		unreachable("the Kubernetes API")(w, r, err)
		return
	}
	address, what, refused := state.route(bareHost(r.Host), r.URL.Path)
	if refused != nil {
		fail(w, refused.status, refused.text)
		return
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			exact := *p.In.URL
			exact.Scheme, exact.Host = "http", address
			p.Out.URL, p.Out.Host = &exact, p.In.Host
			p.SetXForwarded()
		},
		Transport:     transport,
		FlushInterval: -1,
		ErrorHandler:  unreachable(what),
		ErrorLog:      log.Default(),
	}
	proxy.ServeHTTP(w, r)
}

// route finds the pod that answers for host and path: its address, and a description for errors.
func (s *snapshot) route(host, path string) (address, what string, refused *refusal) {
	var found *backend
	var owner meta
	best, known := -1, false
	for _, ing := range s.ingresses {
		if ing.Spec.DefaultBackend != nil && best < 0 && found == nil {
			found, owner = ing.Spec.DefaultBackend, ing.Metadata
		}
		for _, rule := range ing.Spec.Rules {
			if !hostMatches(rule.Host, host) {
				continue
			}
			known = true
			for _, p := range rule.HTTP.Paths {
				if weight := pathMatches(p.PathType, p.Path, path); weight > best {
					best, found, owner = weight, &p.Backend, ing.Metadata
				}
			}
		}
	}
	switch {
	case found == nil && known:
		return "", "", &refusal{http.StatusNotFound, fmt.Sprintf("no Ingress of %s has a rule for the path %s", host, path)}
	case found == nil:
		return "", "", &refusal{http.StatusNotFound, fmt.Sprintf("no Ingress names the host %s; known hosts: %s", host, cmp.Or(strings.Join(s.hosts(), ", "), "none yet"))}
	case found.Service == nil:
		return "", "", &refusal{http.StatusBadGateway, fmt.Sprintf("Ingress %s/%s names no Service for %s%s", owner.Namespace, owner.Name, host, path)}
	}
	return s.endpoint(owner, found)
}

// endpoint picks a ready pod of the Service that a backend names.
func (s *snapshot) endpoint(owner meta, b *backend) (address, what string, refused *refusal) {
	what = fmt.Sprintf("Service %s/%s", owner.Namespace, b.Service.Name)
	broken := func(text string) (string, string, *refusal) {
		return "", "", &refusal{http.StatusBadGateway, fmt.Sprintf("Ingress %s/%s leads to %s, which %s", owner.Namespace, owner.Name, what, text)}
	}
	i := slices.IndexFunc(s.services, func(v service) bool {
		return v.Metadata.Namespace == owner.Namespace && v.Metadata.Name == b.Service.Name
	})
	if i < 0 {
		return broken("does not exist")
	}
	wanted := b.Service.Port
	ports := s.services[i].Spec.Ports
	j := slices.IndexFunc(ports, func(p port) bool {
		return wanted.Name != "" && p.Name == wanted.Name || wanted.Name == "" && p.Port == wanted.Number
	})
	if j < 0 {
		return broken(fmt.Sprintf("has no port %s", strings.TrimPrefix(wanted.Name+" "+strconv.Itoa(wanted.Number), " ")))
	}
	var ready []string
	waiting, simulated := 0, 0
	for _, slice := range s.slices {
		if slice.Metadata.Namespace != owner.Namespace || slice.Metadata.Labels["kubernetes.io/service-name"] != b.Service.Name {
			continue
		}
		for _, e := range slice.Endpoints {
			switch {
			case s.isSimulated(e.NodeName):
				simulated++
			case e.Conditions.Ready != nil && !*e.Conditions.Ready:
				waiting++
			default:
				for _, p := range slice.Ports {
					if p.Name == ports[j].Name && len(e.Addresses) > 0 {
						ready = append(ready, net.JoinHostPort(e.Addresses[0], strconv.Itoa(p.Port)))
					}
				}
			}
		}
	}
	switch {
	case len(ready) > 0:
		return ready[rand.IntN(len(ready))], what, nil
	case waiting > 0:
		return "", "", &refusal{http.StatusServiceUnavailable, fmt.Sprintf("%s has %d pods, none of them ready", what, waiting)}
	case simulated > 0:
		return "", "", &refusal{http.StatusServiceUnavailable, fmt.Sprintf("%s has simulated pods only, which run nothing: the sandbox has no image or not the memory for it", what)}
	}
	return "", "", &refusal{http.StatusServiceUnavailable, what + " has no pods"}
}

func (s *snapshot) isSimulated(name string) bool {
	return slices.ContainsFunc(s.simulated, func(n node) bool { return n.Metadata.Name == name })
}

// hosts lists the host names of all Ingress rules, sorted.
func (s *snapshot) hosts() []string {
	var hosts []string
	for _, ing := range s.ingresses {
		for _, rule := range ing.Spec.Rules {
			if rule.Host != "" {
				hosts = append(hosts, rule.Host)
			}
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// hostMatches follows the Ingress API: no host is any host, "*." stands for exactly one label.
func hostMatches(rule, host string) bool {
	if rest, wild := strings.CutPrefix(rule, "*."); wild {
		label, parent, _ := strings.Cut(host, ".")
		return label != "" && parent == rest
	}
	return rule == "" || strings.EqualFold(rule, host)
}

// pathMatches returns how much of a path a rule covers, and -1 when it does not match. Exact beats Prefix.
func pathMatches(kind, rule, path string) int {
	if rule == "" {
		rule = "/"
	}
	if kind == "Exact" {
		if rule == path {
			return 2*len(rule) + 1
		}
		return -1
	}
	if kind == "ImplementationSpecific" {
		rule = strings.TrimSuffix(rule, "*") // the AWS load balancer's way to write a prefix
	}
	prefix := strings.TrimSuffix(rule, "/")
	if path == prefix || strings.HasPrefix(path, prefix+"/") {
		return 2 * len(rule)
	}
	return -1
}

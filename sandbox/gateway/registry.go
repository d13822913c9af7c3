// The registry under its ECR name: the cloud is asked whether the caller may, then the registry answers.
package main

import (
	"io"
	"net/http"
	"net/http/httputil"
	"time"
)

type registryHandler struct {
	ask     string // the cloud's question: is this request allowed?
	client  *http.Client
	forward http.Handler
}

func newRegistry(cloud, registry string) *registryHandler {
	return &registryHandler{
		ask:    "http://" + cloud + "/_sandbox/registry-auth",
		client: &http.Client{Transport: transport, Timeout: 30 * time.Second},
		forward: newProxy(registry, "the registry", func(r *httputil.ProxyRequest) {
			r.Out.Header.Del("Authorization") // checked already; the registry itself trusts its one neighbour
			r.Out.Header.Set("X-Forwarded-Proto", "https")
			r.Out.Header.Set("X-Forwarded-Host", r.In.Host) // upload locations lead back through here
		}),
	}
}

func (h *registryHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, h.ask, nil)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	ask.Header.Set("X-Original-Method", r.Method)
	ask.Header.Set("X-Original-Uri", r.URL.RequestURI())
	ask.Header.Set("X-Original-Host", r.Host)
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		ask.Header.Set("Authorization", authorization)
	}
	answer, err := h.client.Do(ask)
	if err != nil {
		unreachable("the cloud")(w, r, err)
		return
	}
	defer answer.Body.Close()
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	if answer.StatusCode == http.StatusOK {
		io.Copy(io.Discard, answer.Body)
		w.Header().Del("Docker-Distribution-Api-Version") // the registry sets it itself
		h.forward.ServeHTTP(w, r)
		return
	}
	for _, name := range []string{"Content-Type", "Www-Authenticate"} {
		if value := answer.Header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(answer.StatusCode)
	io.Copy(w, answer.Body)
}

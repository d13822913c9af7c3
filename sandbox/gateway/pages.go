// The sandbox's own pages: readiness of its parts, its authority, credentials and tokens, and what is where.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// parts tells which parts of the sandbox are ready: the start script lists them in the file "parts" and creates
// ready/<part> for each that is. A part that dies ends the whole sandbox, so nothing becomes unready again.
type parts struct{ run string }

func (p parts) status() (ready map[string]bool, all bool, err error) {
	names, err := os.ReadFile(filepath.Join(p.run, "parts"))
	if err != nil {
		return nil, false, err
	}
	ready, all = map[string]bool{}, true
	for _, name := range strings.Fields(string(names)) {
		_, err := os.Stat(filepath.Join(p.run, "ready", name))
		ready[name] = err == nil
		all = all && err == nil
	}
	return ready, all, nil
}

// wait returns when every part is ready. The start script's own deadlines bound it.
func (p parts) wait(ctx context.Context) error {
	for {
		if _, all, err := p.status(); err != nil || all {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

type pages struct {
	settings
	api   *cluster
	parts parts
	cloud http.Handler
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		fail(w, http.StatusMethodNotAllowed, "these pages can only be read")
		return
	}
	switch r.URL.Path {
	case "/":
		p.index(w, r)
	case "/ready":
		p.ready(w, r)
	case "/ca.crt":
		w.Header().Set("Content-Type", "application/x-pem-file")
		http.ServeFile(w, r, filepath.Join(p.run, "ca.crt"))
	case "/credentials", "/github-token":
		inner := r.Clone(r.Context())
		inner.URL.Path = "/_sandbox" + r.URL.Path
		p.cloud.ServeHTTP(w, inner)
	default:
		fail(w, http.StatusNotFound, fmt.Sprintf("there is no %s here; see http://localhost:%s/", r.URL.Path, p.port))
	}
}

// ready says which parts are ready, and the address that this connection has reached: whoever can route to it needs no tunnel.
func (p *pages) ready(w http.ResponseWriter, r *http.Request) {
	ready, all, err := p.parts.status()
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !all {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	json.NewEncoder(w).Encode(map[string]any{"ready": all, "parts": ready, "address": reached(r)})
}

var indexPage = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox</title>
<link rel="icon" href="data:,">
<style>
:root{color-scheme:light dark;--text:light-dark(#1b1f24,#e6e9ee);--ground:light-dark(#fff,#14171c);--raised:light-dark(#eef1f5,#262c35);--link:light-dark(#0b57c2,#8ab8ff)}
body{font:16px/1.5 system-ui,sans-serif;max-width:48em;margin:2em auto;padding:0 1em;background:var(--ground);color:var(--text);overflow-wrap:anywhere}
a{color:var(--link)}
code{background:var(--raised);padding:0 .2em}
li{margin:.25em 0}
</style>
</head>
<body>
<h1>Sandbox</h1>
<p>An emulated AWS with a real Kubernetes, registry, Postgres and Kafka behind it. It lives as long as it runs.</p>
<h2>Services in the cluster</h2>
<ul>
{{range .Places}}<li>{{if .Why}}{{.Host}}: nothing answers. {{.Why}}.{{else}}<a href="http://{{.Host}}.localhost:{{$.Port}}/">{{.Host}}</a>{{end}}</li>
{{else}}<li>None yet: <code>./daggerw call deploy --env preview-nightly</code> deploys some.</li>
{{end}}</ul>
<h2>Addresses</h2>
<ul>
<li>AWS API: <code>https://aws.sandbox.test:{{.Port}}</code></li>
<li>Registry: <code>ACCOUNT.dkr.ecr.REGION.sandbox.test:{{.Port}}</code></li>
<li>Kubernetes: <code>https://CLUSTER.eks.REGION.sandbox.test:{{.Port}}</code></li>
<li><a href="/ready">/ready</a>, <a href="/ca.crt">/ca.crt</a>, <code>/credentials?account=ID</code>,
<code>/github-token?sub=repo:OWNER/NAME:environment:ENVIRONMENT</code></li>
</ul>
</body>
</html>
`))

// place is a host of the cluster's Ingresses, and why nothing answers there, if so.
type place struct{ Host, Why string }

func (p *pages) index(w http.ResponseWriter, r *http.Request) {
	state, err := p.api.read(r.Context())
	if err != nil {
		unreachable("the Kubernetes API")(w, r, err)
		return
	}
	var places []place
	for _, host := range state.hosts() {
		if strings.HasPrefix(host, "*") {
			continue
		}
		found := place{Host: host}
		if _, _, refused := state.route(host, "/"); refused != nil {
			found.Why = refused.text
		}
		places = append(places, found)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	indexPage.Execute(w, map[string]any{"Places": places, "Port": p.port})
}

func reached(r *http.Request) string {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil {
		return ""
	}
	host, _, _ := net.SplitHostPort(local.String())
	return strings.TrimPrefix(host, "::ffff:")
}

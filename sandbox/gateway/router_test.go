// Host names and what answers for them, through the whole gateway with stand-ins behind it.
package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	for host, want := range map[string]destination{
		"localhost":               toSandbox,
		"localhost:8443":          toSandbox,
		"127.0.0.1:8443":          toSandbox,
		"[::1]:8443":              toSandbox,
		"sandbox.test":            toSandbox,
		"":                        toSandbox,
		"aws.sandbox.test:8443":   toCloud,
		"AWS.sandbox.test.":       toCloud,
		"bucket.aws.sandbox.test": toCloud,
		"000000000000.dkr.ecr.us-east-1.sandbox.test:8443": toRegistry,
		"nonprod.eks.us-east-1.sandbox.test":               toKubernetes,
		"nonprod.eks.us-east-1.sandbox.test.localhost":     toKubernetes,
		"api.preview-nightly.lw.iog.io":                    toIngress,
		"api.preview-nightly.lw.iog.io.localhost:8443":     toIngress,
		"evil-aws.sandbox.test":                            toIngress,
		"aws.sandbox.test.example.com":                     toIngress,
	} {
		if got := classify(host); got != want {
			t.Errorf("classify(%q) = %d, want %d", host, got, want)
		}
	}
}

// newSandbox is a gateway in front of stand-ins that report what they were asked.
func newSandbox(t *testing.T) (client *http.Client) {
	run, ca, roots := testAuthority(t)
	os.MkdirAll(filepath.Join(run, "ready"), 0o755)
	os.WriteFile(filepath.Join(run, "parts"), []byte("cloud\nnode\n"), 0o644)
	os.WriteFile(filepath.Join(run, "ready", "cloud"), nil, 0o644)
	cloud := standIn(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/_sandbox/registry-auth":
			fmt.Fprintf(w, "cloud %s %s %s", r.Method, r.Host, r.RequestURI)
		case r.Header.Get("Authorization") == "":
			w.Header().Set("Www-Authenticate", `Basic realm="ecr"`)
			http.Error(w, `{"errors":[]}`, http.StatusUnauthorized)
		case r.Header.Get("X-Original-Method")+r.Header.Get("X-Original-Uri") != "GET/v2/a/tags/list?n=1":
			http.Error(w, "unexpected question", http.StatusTeapot)
		}
	})
	registry := standIn(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "registry %s %s://%s %q", r.RequestURI, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host"), r.Header.Get("Authorization"))
	})
	s := settings{port: "8443", run: run, cloud: cloud, registry: registry}
	return clientOf(gatewayUnderTest(t, ca, "", newRouter(s, nil, parts{run: run})), roots)
}

func TestRouting(t *testing.T) {
	client := newSandbox(t)
	for _, c := range []struct {
		url    string
		header []string
		status int
		body   string
	}{
		{"https://aws.sandbox.test:8443/a%2Fb//c/../d?x=1;y=2&z=a%20b", nil, 200, "cloud GET aws.sandbox.test:8443 /a%2Fb//c/../d?x=1;y=2&z=a%20b"},
		{"https://aws.sandbox.test:8443/_sandbox/credentials", nil, 404, "no such path"},
		{"https://aws.sandbox.test:8443//_sandbox/credentials", nil, 404, "no such path"},
		{"http://aws.sandbox.test:8443/", nil, 400, "HTTPS only"},
		{"http://localhost:8443/credentials?account=1", nil, 200, "cloud GET localhost:8443 /_sandbox/credentials?account=1"},
		{"http://localhost:8443/github-token?sub=repo:a/b:c", nil, 200, "cloud GET localhost:8443 /_sandbox/github-token?sub=repo:a/b:c"},
		{"http://localhost:8443/_sandbox/credentials", nil, 404, "there is no"},
		{"http://localhost:8443/access-review", nil, 404, "there is no"},
		{"http://localhost:8443/ready", nil, 503, `"node":false`},
		{"http://localhost:8443/ca.crt", nil, 200, "BEGIN CERTIFICATE"},
		{"https://1.dkr.ecr.r.sandbox.test:8443/v2/a/tags/list?n=1", nil, 401, `{"errors":[]}`},
		{"https://1.dkr.ecr.r.sandbox.test:8443/v2/a/tags/list?n=1", []string{"Authorization", "Basic x"}, 200,
			`registry /v2/a/tags/list?n=1 https://1.dkr.ecr.r.sandbox.test:8443 ""`},
		{"http://1.dkr.ecr.r.sandbox.test:8443/v2/", nil, 400, "HTTPS only"},
	} {
		status, body := get(t, client, c.url, c.header...)
		if status != c.status || !strings.Contains(body, c.body) {
			t.Errorf("GET %s\n got %d %s\nwant %d … %s", c.url, status, body, c.status, c.body)
		}
	}
}

func TestRegistryAnswersLoginAsTheCloudDoes(t *testing.T) {
	answer, err := newSandbox(t).Get("https://1.dkr.ecr.r.sandbox.test/v2/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Get("Www-Authenticate"); got != `Basic realm="ecr"` {
		t.Errorf("Www-Authenticate: %q", got)
	}
	if got := answer.Header.Values("Docker-Distribution-Api-Version"); len(got) != 1 || got[0] != "registry/2.0" {
		t.Errorf("Docker-Distribution-Api-Version: %q", got)
	}
}

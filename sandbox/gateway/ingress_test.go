// Ingress rules: which pod answers, and what is said when none can.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// state is a cluster with one Ingress; ADDRESS and PORT are those of a pod that answers.
const state = `{
"ingresses": [{"metadata": {"name": "web", "namespace": "ns"}, "spec": {"rules": [
  {"host": "web.example.io", "http": {"paths": [
    {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"name": "http"}}}},
    {"path": "/api", "pathType": "Prefix", "backend": {"service": {"name": "api", "port": {"number": 80}}}},
    {"path": "/api/exact", "pathType": "Exact", "backend": {"service": {"name": "web", "port": {"number": 80}}}},
    {"path": "/alb/*", "pathType": "ImplementationSpecific", "backend": {"service": {"name": "api", "port": {"number": 80}}}},
    {"path": "/missing", "pathType": "Prefix", "backend": {"service": {"name": "missing", "port": {"number": 80}}}},
    {"path": "/port", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 81}}}},
    {"path": "/waiting", "pathType": "Prefix", "backend": {"service": {"name": "waiting", "port": {"number": 80}}}},
    {"path": "/empty", "pathType": "Prefix", "backend": {"service": {"name": "empty", "port": {"number": 80}}}},
    {"path": "/simulated", "pathType": "Prefix", "backend": {"service": {"name": "simulated", "port": {"number": 80}}}},
    {"path": "/resource", "pathType": "Prefix", "backend": {}}]}},
  {"host": "only.example.io", "http": {"paths": [{"path": "/x", "pathType": "Prefix", "backend": {}}]}},
  {"host": "*.wild.io", "http": {"paths": [{"pathType": "Prefix", "backend": {"service": {"name": "api", "port": {"number": 80}}}}]}}]}}],
"services": [%s],
"slices": [
  {"metadata": {"namespace": "ns", "labels": {"kubernetes.io/service-name": "web"}}, "ports": [{"name": "http", "port": 8080}],
   "endpoints": [{"addresses": ["10.0.0.9"], "conditions": {"ready": false}}, {"addresses": ["10.0.0.1"], "conditions": {"ready": true}}]},
  {"metadata": {"namespace": "other", "labels": {"kubernetes.io/service-name": "web"}}, "ports": [{"name": "http", "port": 8080}],
   "endpoints": [{"addresses": ["10.0.0.8"]}]},
  {"metadata": {"namespace": "ns", "labels": {"kubernetes.io/service-name": "api"}}, "ports": [{"name": "http", "port": PORT}],
   "endpoints": [{"addresses": ["ADDRESS"]}, {"addresses": ["10.0.0.7"], "nodeName": "sim"}]},
  {"metadata": {"namespace": "ns", "labels": {"kubernetes.io/service-name": "waiting"}}, "ports": [{"name": "http", "port": 80}],
   "endpoints": [{"addresses": ["10.0.0.3"], "conditions": {"ready": false}}]},
  {"metadata": {"namespace": "ns", "labels": {"kubernetes.io/service-name": "simulated"}}, "ports": [{"name": "http", "port": 80}],
   "endpoints": [{"addresses": ["10.0.0.4"], "nodeName": "sim"}]}],
"simulated": [{"metadata": {"name": "sim"}}]}`

func testState(t *testing.T, podAddress string) *snapshot {
	t.Helper()
	host, port, _ := net.SplitHostPort(podAddress)
	var services []string
	for _, name := range []string{"web", "api", "waiting", "empty", "simulated"} {
		services = append(services, fmt.Sprintf(`{"metadata": {"name": %q, "namespace": "ns"}, "spec": {"ports": [{"name": "http", "port": 80}]}}`, name))
	}
	text := strings.NewReplacer("ADDRESS", host, "PORT", port).Replace(fmt.Sprintf(state, strings.Join(services, ",")))
	var parsed struct {
		Ingresses []ingress
		Services  []service
		Slices    []endpointSlice
		Simulated []node
	}
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatal(err)
	}
	return &snapshot{parsed.Ingresses, parsed.Services, parsed.Slices, parsed.Simulated}
}

func TestRoute(t *testing.T) {
	s := testState(t, "10.0.0.2:9000")
	for _, c := range []struct{ host, path, want string }{
		{"web.example.io", "/", "10.0.0.1:8080"},
		{"web.example.io", "/apis", "10.0.0.1:8080"},
		{"web.example.io", "/api", "10.0.0.2:9000"},
		{"web.example.io", "/api/v1", "10.0.0.2:9000"},
		{"web.example.io", "/api/exact", "10.0.0.1:8080"},
		{"web.example.io", "/api/exact/not", "10.0.0.2:9000"},
		{"web.example.io", "/alb/x", "10.0.0.2:9000"},
		{"a.wild.io", "/", "10.0.0.2:9000"},
		{"a.b.wild.io", "/", "404 no Ingress names the host a.b.wild.io; known hosts: *.wild.io, only.example.io, web.example.io"},
		{"other.io", "/", "404 no Ingress names the host other.io; known hosts: *.wild.io, only.example.io, web.example.io"},
		{"only.example.io", "/y", "404 no Ingress of only.example.io has a rule for the path /y"},
		{"web.example.io", "/missing", "502 Ingress ns/web leads to Service ns/missing, which does not exist"},
		{"web.example.io", "/port", "502 Ingress ns/web leads to Service ns/web, which has no port 81"},
		{"web.example.io", "/resource", "502 Ingress ns/web names no Service for web.example.io/resource"},
		{"web.example.io", "/waiting", "503 Service ns/waiting has 1 pods, none of them ready"},
		{"web.example.io", "/empty", "503 Service ns/empty has no pods"},
		{"web.example.io", "/simulated", "503 Service ns/simulated has simulated pods only, which run nothing: the sandbox has no image or not the memory for it"},
	} {
		got, _, refused := s.route(c.host, c.path)
		if refused != nil {
			got = fmt.Sprintf("%d %s", refused.status, refused.text)
		}
		if got != c.want {
			t.Errorf("%s%s\n got %s\nwant %s", c.host, c.path, got, c.want)
		}
	}
}

func TestNoHostsYet(t *testing.T) {
	if _, _, refused := new(snapshot).route("a.io", "/"); !strings.HasSuffix(refused.text, "known hosts: none yet") {
		t.Errorf("got %q", refused.text)
	}
}

// fixed is a cluster whose state is known and never read.
func fixed(s *snapshot) *cluster { return &cluster{state: s, at: time.Now().Add(time.Hour)} }

func TestIngressTellsThePodWhoAsked(t *testing.T) {
	pod := standIn(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s %s", r.Host, r.RequestURI, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host"))
	})
	_, ca, roots := testAuthority(t)
	router := newRouter(settings{}, fixed(testState(t, pod)), parts{})
	client := clientOf(gatewayUnderTest(t, ca, "", router), roots)
	want := "web.example.io.localhost:8443 /api/a%2Fb?q=1 https web.example.io.localhost:8443"
	if _, body := get(t, client, "https://web.example.io.localhost:8443/api/a%2Fb?q=1"); body != want {
		t.Errorf("got %q, want %q", body, want)
	}
}

func TestIngressPassesWebSockets(t *testing.T) {
	pod := standIn(t, func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, _ := buffered.ReadString('\n')
		io.WriteString(conn, "echo "+line)
	})
	_, ca, _ := testAuthority(t)
	address := gatewayUnderTest(t, ca, "", newRouter(settings{}, fixed(testState(t, pod)), parts{}))
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET /api HTTP/1.1\r\nHost: web.example.io\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	reader := bufio.NewReader(conn)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", answer, err)
	}
	io.WriteString(conn, "hello\n")
	if line, _ := reader.ReadString('\n'); line != "echo hello\n" {
		t.Errorf("got %q", line)
	}
}

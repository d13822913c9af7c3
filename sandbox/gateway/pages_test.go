package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestIndexLinksOnlyWhatAnswers(t *testing.T) {
	s := testState(t, "10.0.0.2:9000")
	simulated := s.ingresses[0]
	simulated.Spec.Rules = simulated.Spec.Rules[:1:1]
	simulated.Spec.Rules[0].Host = "sim.example.io"
	simulated.Spec.Rules[0].HTTP.Paths = simulated.Spec.Rules[0].HTTP.Paths[8:9]
	simulated.Spec.Rules[0].HTTP.Paths[0].Path = "/"
	web := testState(t, "10.0.0.2:9000").ingresses[0]
	p := &pages{settings: settings{port: "8443"}, api: fixed(&snapshot{[]ingress{web, simulated}, s.services, s.slices, s.simulated})}
	answer := httptest.NewRecorder()
	p.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	page := answer.Body.String()
	if !strings.Contains(page, `<a href="http://web.example.io.localhost:8443/">`) {
		t.Error("no link to what answers:", page)
	}
	if strings.Contains(page, `href="http://sim.`) || !strings.Contains(page, "sim.example.io: nothing answers. Service ns/simulated has simulated pods only") {
		t.Error("what is simulated is shown as if it answered:", page)
	}
}

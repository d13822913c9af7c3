// Passing requests on unchanged, to the cloud and the registry.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// transport is how every request is passed on. It adds nothing of its own to one: signatures cover headers.
var transport http.RoundTripper = whole{&http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32}}

// wholeBody is the size up to which a request's body is read before the request is passed on, in bytes.
const wholeBody = 1 << 20

// whole reads small bodies before their requests are passed on. net/http's server closes a body when the answer begins, and
// its transport, where it has not seen the end of that body by then, takes this for a failed request and cuts the answer.
type whole struct{ next http.RoundTripper }

func (w whole) RoundTrip(r *http.Request) (*http.Response, error) {
	if 0 < r.ContentLength && r.ContentLength <= wholeBody {
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("the request's body is cut off: %w", err)
		}
		r = r.Clone(r.Context())
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		r.Body, _ = r.GetBody()
	}
	return w.next.RoundTrip(r)
}

// newProxy passes requests to a part of the sandbox. Host, path and query stay exactly as they came, because AWS
// signatures cover them; what names the part in errors.
func newProxy(address, what string, change ...func(*httputil.ProxyRequest)) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			exact := *r.In.URL
			exact.Scheme, exact.Host = "http", address
			r.Out.URL, r.Out.Host = &exact, r.In.Host
			for _, apply := range change {
				apply(r)
			}
		},
		Transport:     transport,
		FlushInterval: -1,
		ErrorHandler:  unreachable(what),
	}
}

// unreachable answers for a part that does not.
func unreachable(what string) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() != nil {
			return // the caller went away
		}
		log.Printf("%s %s%s: %s does not answer: %v", r.Method, r.Host, r.URL.Path, what, err)
		fail(w, http.StatusBadGateway, fmt.Sprintf("%s does not answer: %v", what, err))
	}
}

// admissionHandler lets the API server, which insists on HTTPS, ask the cloud about new objects.
func admissionHandler(cloud string) http.Handler {
	proxy := newProxy(cloud, "the cloud")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/_sandbox/admission" {
			fail(w, http.StatusNotFound, "only /_sandbox/admission is served here")
			return
		}
		r.URL = &url.URL{Path: r.URL.Path} // without the API server's ?timeout=
		proxy.ServeHTTP(w, r)
	})
}

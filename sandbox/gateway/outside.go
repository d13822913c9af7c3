// The sandbox's piece of the internet: files under made-up host names, for pods that download from the outside.
package main

import (
	"net/http"
	"os"
	"time"
)

// newOutside serves the files below directory/HOST/ for every host that has such a directory, with TLS only.
func newOutside(ca *authority, directory string) (*http.Server, error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, err
	}
	files := http.FileServerFS(root.FS())
	return &http.Server{
		TLSConfig:         ca.config(),
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner := r.Clone(r.Context())
			inner.URL.Path = "/" + bareHost(r.Host) + r.URL.Path
			files.ServeHTTP(w, inner)
		}),
	}, nil
}

// The program of the stand-in images. It says what it stands in for. Where it can act for that it does, else it fails.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path"
	"strings"
	"syscall"
)

// actors are the programs that it can act for, by the last part of their image's name. The file `images` marks the same ones.
var actors = map[string]func(context.Context) error{"oura": actForOura}

func main() {
	image := os.Getenv("STAND_IN_FOR")
	say("This is a stand-in for %s, which could not be had where this image was made.", image)
	name, _, _ := strings.Cut(path.Base(image), ":")
	act, acts := actors[name]
	if !acts {
		say("It does nothing.")
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := act(ctx); err != nil && ctx.Err() == nil {
		say("%v", err)
		os.Exit(1)
	}
}

func say(format string, values ...any) { fmt.Fprintf(os.Stderr, format+"\n", values...) }

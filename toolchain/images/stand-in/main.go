// The only program of a stand-in image: it says what it stands in for, and fails.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintf(os.Stderr, "This is a stand-in for %s, which could not be had where this image was made. It does nothing.\n", os.Getenv("STAND_IN_FOR"))
	os.Exit(1)
}

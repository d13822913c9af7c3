#!/usr/bin/env bash
# Writes what a command prints, one line, to an output of the step.
#   output.sh NAME COMMAND [ARGUMENT]...
# Environment: GITHUB_OUTPUT
set -euo pipefail
# An assignment of its own: within the arguments of another command a failure would go unseen.
value=$("${@:2}")
echo "$1=$value" >>"$GITHUB_OUTPUT"

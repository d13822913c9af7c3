#!/usr/bin/env bash
# Publishes a program, and writes its image and digest to the outputs of the step.
#   publish-program.sh PROGRAM REPOSITORY
# Environment: GITHUB_OUTPUT
set -euo pipefail
published=$(./daggerw call publish-program --name "$1" --repository "$2")
jq -r 'to_entries[] | "\(.key)=\(.value)"' <<<"$published" >>"$GITHUB_OUTPUT"

#!/usr/bin/env bash
# Adds a file to the summary of the run, below a title.
#   summary.sh TITLE FILE
# Environment: GITHUB_STEP_SUMMARY
set -euo pipefail
printf '### %s\n\n' "$1" >>"$GITHUB_STEP_SUMMARY"
# Markdown shows as it is what begins with four spaces.
sed 's/^/    /' "$2" >>"$GITHUB_STEP_SUMMARY"

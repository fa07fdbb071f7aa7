#!/bin/sh
# SPDX-License-Identifier: ISC
# tidy.sh BUILD: clang-tidy with the root's .clang-tidy on every C file that BUILD compiles.
set -eu
if ! command -v clang-tidy >/dev/null; then
    echo 'skipped: no clang-tidy'
    exit 77
fi
cd "$1"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' compile_commands.json | LC_ALL=C sort -u |
    tr '\n' '\0' | xargs -0 -n 4 -P "$(getconf _NPROCESSORS_ONLN)" \
    clang-tidy -p . --quiet --extra-arg=-Wno-unknown-warning-option >"$report" 2>&1 || status=$?
grep -v 'warnings\{0,1\} generated\.$' "$report" || true
exit "$status"

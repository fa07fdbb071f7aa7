#!/bin/sh
# SPDX-License-Identifier: ISC
# shell.sh ROOT: shellcheck on every shell script, and every shell at hand reads the sh scripts.
set -eu
cd "$1"
if ! command -v shellcheck >/dev/null; then
    echo 'skipped: no shellcheck'
    exit 77
fi
scripts=$({
    for script in setup .ci/run; do
        [ ! -f "$script" ] || echo "$script"
    done
    for folder in dsp training plugin presets tests ttl; do
        [ ! -d "$folder" ] || find "$folder" -name '*.sh'
    done
} | LC_ALL=C sort)
printf '%s\n' "$scripts" | tr '\n' '\0' | xargs -0 shellcheck
printf '%s\n' "$scripts" | while read -r script; do
    head -n 1 "$script" | grep -qx '#!/bin/sh' || continue
    for reader in dash 'busybox sh'; do
        if command -v "${reader%% *}" >/dev/null; then
            # shellcheck disable=SC2086 # two words are meant
            $reader -n "$script"
        fi
    done
done

#!/bin/sh
# SPDX-License-Identifier: ISC
# format.sh ROOT: every C file is as clang-format 14 with the root's .clang-format leaves it. Other
# versions differ in details, so that only 14 is asked.
set -eu
cd "$1"
for name in clang-format-14 clang-format; do
    if command -v "$name" >/dev/null && "$name" --version | grep -q 'version 14\.'; then
        tool=$name
        break
    fi
done
if [ -z "${tool:-}" ]; then
    echo 'skipped: no clang-format 14'
    exit 77
fi
for folder in dsp training plugin presets tests; do
    [ ! -d "$folder" ] || find "$folder" -name '*.[ch]'
done | tr '\n' '\0' | xargs -0 "$tool" --dry-run -Werror --style=file

#!/bin/sh
# SPDX-License-Identifier: ISC
# includes.sh ROOT: who may include whom; the plan stands in includes.awk.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$1"
for folder in dsp training plugin presets tests; do
    [ ! -d "$folder" ] || find "$folder" -name '*.[ch]'
done | LC_ALL=C sort | tr '\n' '\0' | xargs -0 awk -f "$here/includes.awk"

#!/bin/sh
# SPDX-License-Identifier: ISC
# gallery.sh WORK OUT.html [BUILD]: a page to look at the plugin's models and to hear them beside their
# devices. WORK is where capture.sh recorded: WORK/NAME/test.csv lists the test recordings of
# models/NAME.json. Models without recordings there are left out, and named.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -ge 2 ] || {
    echo 'usage: gallery.sh WORK OUT.html [BUILD]' >&2
    exit 2
}
work=$1 out=$2 build=${3:-$here/../../build}

set --
for model in "$here"/../models/*.json; do
    list=$work/$(basename "$model" .json)/test.csv
    if [ -f "$list" ]; then
        set -- "$@" "$model" "$list"
    else
        echo "gallery.sh: no $list" >&2
    fi
done
[ $# -gt 0 ] || {
    echo "gallery.sh: no recordings in $work: presets/studio/capture.sh makes them" >&2
    exit 1
}
exec "$build/training/gallery/gruff-gallery" "$out" "$@"

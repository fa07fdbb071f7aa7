#!/bin/sh
# SPDX-License-Identifier: ISC
# What the checks share that build the project once more, in a folder $build of their own.

log=${build:?}/log

skip() {
    echo "skipped: $*"
    exit 77
}

# quiet COMMAND...: silent unless it fails; then that is the end.
quiet() {
    "$@" >"$log" 2>&1 || {
        cat "$log"
        echo "failed: $*"
        exit 1
    }
}

#!/bin/sh
# SPDX-License-Identifier: ISC
# A benchmark: the standalone host for 20 s at a period of 64 frames, server and client in step and
# with real-time priority where that is allowed. What gruff says of its load and of xruns hangs on
# what else the machine does.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"

period=64 priority=-P70
jack_start
"$GRUFF_STANDALONE" --name "$dut" model.json 2>realtime.log &
gruff=$!
children="$gruff $children"
until_true grep -q 'plugged in' realtime.log || {
    cat realtime.log
    fail 'gruff does not plug itself in'
}
sleep 20
kill -INT "$gruff"
wait "$gruff" || fail "gruff ends with status $?"
grep 'played [0-9.]* s, load' realtime.log || fail 'nothing is said of how it went'

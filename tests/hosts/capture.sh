#!/bin/sh
# SPDX-License-Identifier: ISC
# gruff-capture on a JACK server: through a loop of known delay and through the plugin in jalv, at
# the same time. What it writes is aligned to the sample, and gruff-train takes it.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need jalv jalv

# ends STATUS PATTERN ARGUMENT...: gruff-capture with these arguments says a line like that.
ends() {
    status=$1 pattern=$2
    shift 2
    code=0
    timeout 30 "$GRUFF_CAPTURE" "$@" >said 2>&1 </dev/null || code=$?
    if ! tail -n 1 said | grep -q -e "$pattern" || [ "$code" -ne "$status" ]; then
        cat said
        fail "gruff-capture $*: status $code instead of $status, or no '$pattern'"
    fi
}

ends 2 'what the recordings are to be called'
ends 2 'knob takes NAME=NUMBER' a --knob Drive
ends 2 'level takes a whole number' a --level 1
: >there-input.wav
ends 1 'there-input.wav: is there already' there
printf 'input,target,Drive\na.wav,b.wav,1\n' >list.csv
for name in new there; do # before anything is played, and with --force, too
    ends 1 "list.csv: it has a knob 'Drive': say where that stood, with --knob" $name --force \
        --manifest list.csv
    ends 1 'list.csv: its other pairs do not have all of these knobs' $name --force --knob Drive=1 \
        --knob Tone=1
done
printf 'input,target,Drive\na.wav,b.wav,1\n' | cmp - list.csv
ends 0 'gruff-capture [0-9]' --version

# patched TAG IN OUT LOG: capture TAG is connected to the ports IN and OUT of its device.
patched() {
    until_true 20 grep -qs 'not plugged in, as asked' "$4" || return 1
    jack_connect "$1:out" "$2" && jack_connect "$3" "$1:in"
}

# both: the two captures; false when a busy machine made gaps in one of them.
both() {
    rm -f loop.log amp.log # what the last try said
    "$GRUFF_CAPTURE" pairs/loop --name loop-take --no-connect --seconds 32 --level -3 --force \
        --knob Drive=0.5 2>loop.log &
    loop_take=$!
    "$GRUFF_CAPTURE" pairs/amp --name amp-take --no-connect --seconds 32 --force 2>amp.log &
    amp_take=$!
    children="$loop_take $amp_take $children"
    patched loop-take loop:in loop:out loop.log || fail 'the first capture does not start'
    patched amp-take dut:in dut:out amp.log || fail 'the second capture does not start'
    good=0
    wait "$loop_take" || good=1
    wait "$amp_take" || good=1
    ! grep -h 'kept all the same' loop.log amp.log || good=1
    return "$good"
}

period=256
jack_start -S -P 70
"$GRUFF_TOOLS/jack_loop" 1234 0.5 &
children="$! $children"
mkdir pairs
saved_model
mkfifo commands
jalv -n dut -x -l state urn:gruff:amp <commands >jalv.log 2>&1 &
children="$! $children"
exec 9>commands
until_true 10 port_is_there dut:in || fail 'jalv does not run the plugin'
until_true 10 port_is_there loop:in || fail 'there is no loop'

both || both || both || {
    cat loop.log amp.log
    fail 'no capture without gaps, three times'
}
cat loop.log amp.log

# esr REFERENCE OTHER: and nothing lies behind.
esr() {
    "$GRUFF_MODEL" compare --json --skip 1 "$1" "$2" >compared
    grep -q '"lag": 0,' compared || {
        cat compared
        fail "$2 is not aligned with $1"
    }
    sed 's/.*"esr": \([-+.e0-9]*\).*/\1/' compared
}

# The loop halves: what is left is half the signal, whose energy is a quarter.
esr pairs/loop-input.wav pairs/loop-target.wav >loop.esr
awk '{ exit !($1 > 0.2499 && $1 < 0.2501) }' loop.esr || fail "the loop's ESR is $(cat loop.esr)"
"$GRUFF_MODEL" render --chain model.json pairs/amp-input.wav pairs/amp-reference.wav >/dev/null
esr pairs/amp-reference.wav pairs/amp-target.wav >amp.esr
awk '{ exit !($1 < 1e-6) }' amp.esr || fail "the plugin's ESR is $(cat amp.esr)"
printf 'input,target,Drive\nloop-input.wav,loop-target.wav,0.5\n' | cmp - pairs/list.csv

# The signal for another program to play is the same.
"$GRUFF_CAPTURE" --write-signal signal.wav --seconds 32 --level -3
cmp signal.wav pairs/loop-input.wav || fail '--write-signal writes another signal'
ends 1 'nowhere/signal.wav' --write-signal nowhere/signal.wav

"$GRUFF_TRAIN" pairs/amp-input.wav pairs/amp-target.wav -o amp.json --hidden 8 --epochs 4 --quiet ||
    fail 'gruff-train refuses what was captured'
[ -s amp.json ] || fail 'there is no model'

# Nothing comes back.
exec 9>&-
ends 1 'nothing comes back' --dry-run
ends 1 'no input channel 3, only 2' --dry-run --channel 3
ends 1 'no output channel 3, only 2' --dry-run --output-channel 3

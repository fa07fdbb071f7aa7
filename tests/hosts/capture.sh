#!/bin/sh
# SPDX-License-Identifier: ISC
# gruff-capture on a JACK server: through a loop of known delay and through the plugin in jalv, at
# the same time. What it writes is aligned to the sample, and gruff-train takes it. The server
# freewheels meanwhile, so that no take hangs on how busy the machine is.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need jalv jalv

# ends STATUS PATTERN ARGUMENT...: gruff-capture with these arguments says a line like that.
ends() {
    status=$1 pattern=$2
    shift 2
    code=0
    timeout 120 "$GRUFF_CAPTURE" --name "take-$$" "$@" >said 2>&1 </dev/null || code=$?
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

# take TAG ARGUMENT...: begins a take in the background, its number in $taken and what it says in
# TAG.log; it waits until it is patched.
take() {
    tag=$1
    shift
    "$GRUFF_CAPTURE" --name "$tag-$$" --no-connect "$@" 2>"$tag.log" &
    taken=$!
    children="$taken $children"
    until_true grep -q 'begins when both ports are connected' "$tag.log" || {
        cat "$tag.log"
        fail "the take '$tag' does not start"
    }
}

# patch TAG IN OUT: connects that take to the ports IN and OUT of its device. With the first alone
# nothing begins.
patch() {
    jack_ports connect "$1-$$:out" "$2" && sleep 1 && jack_ports connect "$3" "$1-$$:in"
}

# ended TAG NUMBER: waits for a take to end well.
ended() {
    wait "$2" || {
        cat "$1.log"
        fail "the take '$1' fails"
    }
    cat "$1.log"
}

jack_start
"$GRUFF_TOOLS/jack_loop" 1234 0.5 freewheel &
loop=$!
children="$loop $children"
until_true port_is_there "loop-$loop:in" || fail 'there is no loop'
mkdir pairs
saved_model
mkfifo commands
jalv -n "$dut" -x -l state urn:gruff:amp <commands >jalv.log 2>&1 &
children="$! $children"
exec 9>commands
until_true port_is_there "$dut:in" || fail 'jalv does not run the plugin'

take loop-take pairs/loop --seconds 32 --level -3 --knob Drive=0.5
loop_take=$taken
take amp-take pairs/amp --seconds 32
jack_ports connect "loop-$loop:out" "loop-take-$$:in" # the other way round
sleep 1
jack_ports connect "loop-take-$$:out" "loop-$loop:in"
patch amp-take "$dut:in" "$dut:out"
ended loop-take "$loop_take"
ended amp-take "$taken"

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
ends 1 'would replace signal.wav, which is read' --signal signal.wav --write-signal signal.wav
ends 2 'say what the recordings are to be called' ''
ends 1 'nowhere/signal.wav' --write-signal nowhere/signal.wav --seconds 32

"$GRUFF_TRAIN" pairs/amp-input.wav pairs/amp-target.wav -o amp.json --hidden 8 --epochs 4 --quiet ||
    fail 'gruff-train refuses what was captured'
[ -s amp.json ] || fail 'there is no model'

# In real time, as it must be where the sound card's ports are used. Nothing comes back.
kill -TERM "$loop"
wait "$loop" || fail "jack_loop ends with status $?"
exec 9>&-
ends 1 'nothing comes back' --dry-run
ends 1 'no input channel 3, only 2' --dry-run --channel 3
ends 1 'no output channel 3, only 2' --dry-run --output-channel 3

# A cycle is missed: such a take has gaps, and is not kept.
"$GRUFF_TOOLS/jack_loop" 100 0.5 late &
loop=$!
children="$loop $children"
until_true port_is_there "loop-$loop:in" || fail 'there is no loop'
take gaps pairs/gaps --signal in.wav
patch gaps "loop-$loop:in" "loop-$loop:out"
if wait "$taken" || ! grep -q 'there were gaps ([1-9][0-9]* xrun' gaps.log; then
    cat gaps.log
    fail 'a take with a gap is taken'
fi
[ ! -e pairs/gaps-target.wav ] || fail 'a take with a gap is kept'

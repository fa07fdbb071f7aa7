#!/bin/sh
# SPDX-License-Identifier: ISC
# A model against a recording in the standalone host: what is heard, and the error that is told.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
jack_start

# refuses PATTERN ARGUMENT...
refuses() {
    pattern=$1
    shift
    if timeout 120 "$GRUFF_STANDALONE" model.json "$@" >said 2>&1 </dev/null ||
        ! grep -q -e "$pattern" said || [ "$(wc -l <said)" -ne 1 ]; then
        cat said
        fail "gruff $*: no failure with the one line '$pattern'"
    fi
}

refuses 'if --target says' --input in.wav
refuses 'say with --input' --target in.wav
refuses 'nowhere.wav: ' --input nowhere.wav --target in.wav
refuses 'listen takes' --input in.wav --target in.wav --listen both
refuses '24 dB' --input 25

# plays ARGUMENT...: what is heard is in heard.wav, what is said in said.
plays() {
    "$GRUFF_STANDALONE" model.json --name "$dut" --no-connect --no-midi --input in.wav "$@" 2>said &
    gruff=$!
    children="$gruff $children"
    until_true port_is_there "$dut:out" || {
        cat said
        fail "gruff $* does not play"
    }
    "$GRUFF_TOOLS/jack_probe" in.wav heard.wav "$dut:out" "$dut:in"
    kill -INT "$gruff"
    wait "$gruff" || fail "gruff $* ends with status $?"
}

# esr LEAST MOST: whether the error that was told lies there.
esr() {
    grep 'ESR of the last seconds' said
    awk -v least="$1" -v most="$2" '/ESR of the last/ { good = $NF >= least && $NF <= most } END { exit !good }' said ||
        fail "the ESR is not from $1 to $2"
}

# The model's own sound as the recording: no error, and nothing is left of it in the difference.
"$GRUFF_MODEL" render model.json in.wav own.wav >/dev/null
plays --target own.wav
esr 0 1e-6
plays --target own.wav --listen difference
energy() {
    "$GRUFF_TOOLS/raw_audio" "$1" energy.raw
    od -An -v -t f4 -w8 energy.raw | awk '{ sum += $2 * $2 } END { print sum / NR }'
}
awk -v difference="$(energy heard.wav)" -v model="$(energy own.wav)" \
    'BEGIN { print "energy", difference, "of", model; exit !(difference < 1e-4 * model) }' ||
    fail 'the difference of a model from itself is not silent'
# Another model's sound: an error that is plain to see.
"$GRUFF_MODEL" render other.json in.wav others.wav >/dev/null
plays --target others.wav
esr 1e-4 100
# The level counts.
plays --target own.wav --output -6.0206
esr 0.2499 0.2501

#!/bin/sh
# SPDX-License-Identifier: ISC
# The standalone host on a JACK server: the audio of gruff-model render; how it begins and ends.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"

# ends STATUS PATTERN ARGUMENT...: gruff with these arguments says one line like that and ends so.
ends() {
    status=$1 pattern=$2
    shift 2
    code=0
    timeout 10 "$GRUFF_STANDALONE" "$@" >said 2>&1 </dev/null || code=$?
    if ! grep -q -e "$pattern" said || [ "$code" -ne "$status" ]; then
        cat said
        fail "gruff $*: status $code instead of $status, or no '$pattern'"
    fi
}

JACK_DEFAULT_SERVER=gruff-none-$$ JACK_NO_START_SERVER=1 ends 1 'no JACK server' model.json
head -c 1000 model.json >broken.json
ends 1 'broken.json' broken.json
[ "$(wc -l <said)" -eq 1 ] || fail 'more than one line about a broken model'
ends 1 'missing.json' missing.json
ends 2 'which model'
ends 2 'mix.*0 to 100' --mix 101 model.json
ends 2 "no control 'gain'" --set gain=3 model.json
ends 0 'Input level, -24 to 24 dB' --help
ends 0 'gruff [0-9]' --version

jack_start
"$GRUFF_STANDALONE" --no-connect --name dut --output -7 --set output=0.5 model.json 2>dut.log &
gruff=$!
children="$gruff $children"
until_true 10 port_is_there dut:in || fail 'gruff has no port dut:in'
"$GRUFF_TOOLS/jack_probe" in.wav out.wav dut:out dut:in
same out.wav 0.5
kill -INT "$gruff"
wait "$gruff" || fail "gruff ends with status $? on SIGINT"

# Plugged in by itself, with a model for another rate that fails its own test; then the server goes
# away.
sed 's/\("samplerate": *"*\)48000/\144100/
    s/"layers"/"input_batch": [0, 0, 0], "output_batch": [9, 9, 9], &/' model.json >slow.json
"$GRUFF_STANDALONE" --name plugged slow.json 2>plugged.log &
gruff=$!
children="$gruff $children"
until_true 10 grep -q 'plugged in' plugged.log || fail 'gruff does not plug itself in'
grep -q 'made for 44100 Hz' plugged.log || fail 'nothing is said about the wrong rate'
grep -q 'slow.json: self-test FAILED' plugged.log || fail 'nothing is said about the failed self-test'
jack_lsp -c plugged:out | grep -q 'system:playback_2' || fail 'plugged:out is not connected'
kill -HUP "$gruff"
reloaded() {
    [ "$(grep -c 'hidden size' plugged.log)" -eq 2 ]
}
until_true 10 reloaded || fail 'no reload on SIGHUP'
kill -TERM "$server"
code=0
wait "$gruff" || code=$?
if ! grep -q 'JACK server is gone' plugged.log || [ "$code" -ne 1 ]; then
    cat plugged.log
    fail "gruff ends with status $code when the server goes"
fi

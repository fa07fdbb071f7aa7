#!/bin/sh
# SPDX-License-Identifier: ISC
# The standalone host on a JACK server: the audio of gruff-model render; how it begins and ends.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"

# connected PORT PORT: whether the second one is among the first one's.
connected() {
    jack_ports of "$1" | grep -q "$2"
}

# ends STATUS PATTERN ARGUMENT...: gruff with these arguments says one line like that and ends so.
ends() {
    status=$1 pattern=$2
    shift 2
    code=0
    timeout 120 "$GRUFF_STANDALONE" --name "$dut" "$@" >said 2>&1 </dev/null || code=$?
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
ends 1 'which model'
ends 2 'mix.*0 to 100' --mix 101 model.json
ends 2 "no control 'gain'" --set gain=3 model.json
ends 0 'Input level, -24 to 24 dB' --help
ends 0 'gruff [0-9]' --version

jack_start
"$GRUFF_STANDALONE" --no-connect --name "$dut" --output -7 --set output=0.5 model.json 2>dut.log &
gruff=$!
children="$gruff $children"
until_true port_is_there "$dut:in" || fail 'gruff has no port in'
"$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
"$GRUFF_MODEL" render --chain --set output=0.5 model.json in.wav reference.wav >/dev/null
same out.wav exact
kill -INT "$gruff"
wait "$gruff" || fail "gruff ends with status $? on SIGINT"

# Plugged in by itself, with a model for another rate that fails its own test.
sed 's/\("samplerate": *"*\)48000/\144100/
    s/"layers"/"input_batch": [0, 0, 0], "output_batch": [9, 9, 9], &/' model.json >slow.json
: >plugged.log
"$GRUFF_STANDALONE" --name "$dut" slow.json 2>plugged.log &
gruff=$!
children="$gruff $children"
until_true grep -q 'plugged in' plugged.log || fail 'gruff does not plug itself in'
grep -q 'made for 44100 Hz' plugged.log || fail 'nothing is said about the wrong rate'
grep -q 'slow.json: self-test FAILED' plugged.log || fail 'nothing is said about the failed self-test'
until_true connected "$dut:out" system:playback_2 || fail 'out is not connected'
# late FRAMES: whether gruff tells JACK that it is late by so many.
late() {
    [ $(($(jack_ports late "$dut:out") - $(jack_ports late "$dut:in"))) -eq "$1" ]
}
latency=$(sed -n 's/.*resampled, \([1-9][0-9]*\) samples of latency.*/\1/p' plugged.log)
[ -n "$latency" ] || fail 'gruff does not say how late a resampled model is'
until_true late "$latency" || fail "gruff tells JACK another latency than $latency frames"
loads() {
    [ "$(grep -c 'hidden size' plugged.log)" -eq "$1" ]
}
kill -HUP "$gruff"
until_true loads 2 || fail 'no reload on SIGHUP'
cp other.json new.json
mv new.json slow.json
until_true loads 3 || fail 'a model file that is replaced is not loaded'
until_true late 0 || fail 'gruff tells JACK that it is late, with a model for the rate'
cp broken.json slow.json
until_true grep -q 'slow.json.*line' plugged.log || fail 'nothing is said about a broken model file'

# The server goes away and comes back.
stop_server() {
    kill -TERM "$server"
    wait "$server" || true
}
stop_server
until_true grep -q 'waiting for it' plugged.log || { cat waiting.log plugged.log jackd.log; fail 'gruff does not wait for the server'; }
grep -q 'JACK server is gone' plugged.log || fail 'nothing is said about the server that is gone'
kill -0 "$gruff" || fail 'gruff ends with the server'
jack_start
until_true port_is_there "$dut:out" || fail 'gruff does not come back with the server'
kill -INT "$gruff"
wait "$gruff" || fail "gruff ends with status $? on SIGINT"
grep -q 'played [0-9.]* s, load' plugged.log || fail 'nothing is said of how it went'
"$GRUFF_STANDALONE" --name "$dut" model.json 2>waiting.log &
gruff=$!
children="$gruff $children"
until_true port_is_there "$dut:out" || fail 'gruff does not start'
stop_server
until_true grep -q 'waiting for it' waiting.log || { cat waiting.log plugged.log jackd.log; fail 'gruff does not wait for the server'; }
kill -TERM "$gruff"
wait "$gruff" || fail "gruff ends with status $? while it waits"

# Devices and what is asked of them.
jack_start
"$GRUFF_STANDALONE" --list --backend jack >list || fail '--list fails'
grep -q 'input *2 *system:capture_2' list || fail '--list does not show the inputs'
grep -q 'output *2 *system:playback_2' list || fail '--list does not show the outputs'
grep -q 'server *48000 Hz, period 256 frames' list || fail '--list does not show the server'
ends 1 'no input channel 3, only 2' --channel 3 model.json
ends 1 'runs at 48000 Hz, not 44100' --rate 44100 model.json
ends 2 'no backend' --backend none model.json
ends 2 'channel takes a whole number' --channel 0 model.json
: >pair.log
"$GRUFF_STANDALONE" --name "$dut" --stereo model.json 2>pair.log &
gruff=$!
children="$gruff $children"
until_true grep -q 'plugged in' pair.log || { cat pair.log; fail 'gruff --stereo does not plug itself in'; }
until_true connected "$dut:out_2" system:playback_2 || fail 'out_2 is not connected'
[ "$(jack_ports of "$dut:out_1" | grep -c playback)" -eq 1 ] || fail 'out_1 is connected twice'
kill -INT "$gruff"
wait "$gruff" || fail "gruff --stereo ends with status $?"
: >second.log
"$GRUFF_STANDALONE" --name "$dut" --channel 2 --period 128 model.json 2>second.log &
gruff=$!
children="$gruff $children"
until_true grep -q 'plugged in: system:capture_2 to' second.log || { cat second.log; fail 'gruff --channel 2 does not plug itself in'; }
connected "$dut:in" system:capture_2 || fail 'capture_2 is not connected'
! connected "$dut:in" system:capture_1 || fail 'capture_1 is connected'
"$GRUFF_STANDALONE" --list --backend jack | grep -q 'period 128 frames' || fail '--period is not heard'
kill -INT "$gruff"
wait "$gruff" || fail "gruff --channel 2 ends with status $?"
stop_server

# Five seconds of audio in periods of 64 frames: gruff takes less than a quarter of that time from the
# processor, which does not hang on how busy that is. (benchmark host-realtime: with a deadline.)
ticks() {
    awk '{ print $14 + $15 }' "/proc/$gruff/stat"
}
if [ -r /proc/self/stat ]; then
    period=64
    jack_start
    "$GRUFF_STANDALONE" --name "$dut" --no-connect model.json 2>brisk.log &
    gruff=$!
    children="$gruff $children"
    until_true port_is_there "$dut:in" || fail 'gruff does not start'
    before=$(ticks)
    "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
    used=$(($(ticks) - before))
    echo "$used ticks of the processor, $(getconf CLK_TCK) a second"
    [ $((4 * used)) -lt $((5 * $(getconf CLK_TCK))) ] || fail 'gruff takes too much of the processor'
    kill -INT "$gruff"
    wait "$gruff" || fail "gruff ends with status $?"
    stop_server
fi

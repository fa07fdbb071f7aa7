#!/bin/sh
# SPDX-License-Identifier: ISC
# The standalone host on PortAudio, without a sound card: over ALSA with a device that is a file,
# and over JACK. The audio of gruff-model render, bit by bit.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"

"$GRUFF_STANDALONE" --help | grep -q 'jack and portaudio\|jack or portaudio' || fail 'no help'
code=0
"$GRUFF_STANDALONE" --backend portaudio model.json 2>said || code=$?
if grep -q "no backend 'portaudio'" said; then
    skip 'built without PortAudio (Debian: portaudio19-dev)'
fi

# ends PATTERN ARGUMENT...: gruff on PortAudio says one line like that, and fails.
ends() {
    pattern=$1
    shift
    code=0
    timeout 120 "$GRUFF_STANDALONE" --backend portaudio "$@" model.json >said 2>&1 || code=$?
    if ! tail -n 1 said | grep -q -e "$pattern" || [ "$(wc -l <said)" -ne 1 ] || [ "$code" -ne 1 ]; then
        cat said
        fail "gruff $*: status $code, or another line than '$pattern'"
    fi
}

# No sound card at all.
JACK_DEFAULT_SERVER=gruff-none-$$
JACK_NO_START_SERVER=1
export JACK_DEFAULT_SERVER JACK_NO_START_SERVER
cat >.asoundrc <<end
pcm.first {
    type null
}
pcm.played {
    type file
    slave.pcm "null"
    file "$work/out.raw"
    format "raw"
}
pcm.recorded {
    type file
    slave.pcm "null"
    file "/dev/null"
    infile "$work/in.raw"
    format "raw"
}
pcm.gruff_files {
    type asym
    playback.pcm { type plug slave { pcm "played" format FLOAT_LE channels 2 rate 48000 } }
    capture.pcm { type plug slave { pcm "recorded" format FLOAT_LE channels 2 rate 48000 } }
}
end
"$GRUFF_TOOLS/raw_audio" in.wav in.raw
if ! "$GRUFF_STANDALONE" --list --backend portaudio 2>/dev/null | grep -q gruff_files; then
    skip 'PortAudio has no ALSA here, or ALSA no device of files'
fi
ends "no device 'nowhere' that records" --device nowhere
ends 'gruff_files (ALSA) has no input channel 200, only' --device GRUFF_Files --channel 200
number=$("$GRUFF_STANDALONE" --list --backend portaudio 2>/dev/null | sed -n 's/^portaudio *\([0-9]*\)  gruff_files.*/\1/p')
ends 'gruff_files (ALSA) has no input channel 200, only' --device "$number" --channel 200
for device in '' " $number" "0x$number" "$number.5" "-$number" 1000 inf; do
    ends "no device '$device' that records" --device "$device"
done
if [ -f "$GRUFF_TOOLS/busy.so" ]; then
    LD_PRELOAD=$GRUFF_TOOLS/busy.so
    export LD_PRELOAD
    ends 'gruff_files (ALSA) is busy or gone; end the program that uses it' --device gruff_files --channel 2
    unset LD_PRELOAD
fi

# Nothing paces such a device: many seconds of audio in one.
(
    ulimit -f 1000000
    exec "$GRUFF_STANDALONE" --backend portaudio --device gruff_files --channel 2 --rate 48000 \
        --period 64 model.json 2>alsa.log
) &
gruff=$!
children="$gruff $children"
long_enough() {
    [ -f out.raw ] && [ "$(wc -c <out.raw)" -gt 3000000 ]
}
until_true long_enough || {
    cat alsa.log
    fail 'nothing comes out of the ALSA device'
}
kill -INT "$gruff"
wait "$gruff" || fail "gruff ends with status $? on SIGINT"
grep -q 'plays on gruff_files (ALSA) at 48000 Hz' alsa.log || fail 'gruff does not say where it plays'
"$GRUFF_TOOLS/raw_audio" out.raw out.wav 350000
same out.wav exact

# At another rate.
: >alsa.log
(
    ulimit -f 1000000
    exec "$GRUFF_STANDALONE" --backend portaudio --device gruff_files --rate 96000 model.json 2>alsa.log
) &
gruff=$!
children="$gruff $children"
until_true grep -q 'plays on gruff_files (ALSA)' alsa.log || {
    cat alsa.log
    fail 'gruff does not play'
}
grep -q 'at 96000 Hz' alsa.log || fail 'gruff does not play at 96000 Hz'
kill -INT "$gruff"
wait "$gruff" || fail "gruff at 96000 Hz ends with status $?"

# On one output that is named, and on no other one. What such a device records is not what is played,
# so that this fails in the end.
capture() {
    timeout 120 "$GRUFF_CAPTURE" --backend portaudio --device gruff_files --rate 48000 --dry-run "$@" >said 2>&1
}
if capture --output-channel 200 || ! grep -q 'gruff_files (ALSA) has no output channel 200, only' said; then
    cat said
    fail 'an output that is not there is taken'
fi
rm out.raw
capture --channel 2 --output-channel 2 || true
od -An -v -t f4 -w8 out.raw | awk '{ left += $1 != 0; right += $2 != 0 } END { exit left > 0 || right < 1000 }' || {
    cat said
    fail 'not the right channel alone is played on'
}
rm .asoundrc

# The same over JACK, which the default (JACK itself, if a server runs) does not hide.
jack_start
"$GRUFF_STANDALONE" --backend portaudio --name "$dut" model.json 2>jack.log &
gruff=$!
children="$gruff $children"
until_true port_is_there "$dut:in_0" || {
    cat jack.log
    fail 'gruff has no port in_0'
}
jack_ports disconnect system:capture_1 "$dut:in_0"
"$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out_0" "$dut:in_0"
same out.wav exact
kill -TERM "$server"
wait "$server" || true
code=0
wait "$gruff" || code=$?
if ! grep -q 'with --backend jack, which can' jack.log || [ "$code" -ne 1 ]; then
    cat jack.log
    fail "gruff ends with status $code when PortAudio loses its JACK server"
fi

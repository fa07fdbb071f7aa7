#!/bin/sh
# SPDX-License-Identifier: ISC
# The plugin in jalv, everything on and one model after the other: run() allocates nothing, takes no
# lock and makes no system call (guard.c).
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need jalv jalv
[ -e "$GRUFF_TOOLS/guard.so" ] || skip 'no guard.so: not for this system'
ldd "$GRUFF_TOOLS/guard.so" | grep -q 'lib[a-z]*san' && skip 'sanitizers have malloc of their own'
jack_start

mkdir models
for name in a b c d; do
    cp model.json models/$name.json
done
"$GRUFF_TOOLS/../rig/make_wav" noise 44100 0.5 cabinet.wav
saved_state "<urn:gruff:amp#model> <file://$work/models/a.json> ;
		<urn:gruff:amp#cabinet> <file://$work/cabinet.wav>"
GUARD_PLUGIN=$GRUFF_BUNDLE/gruff.so
export GUARD_PLUGIN
ln -sf "$GRUFF_TOOLS/guard.so" lv2/gruff.lv2/gruff.so
mkfifo commands

models_loaded() {
    grep -c 'hidden size' jalv.log || true
}
more_loaded() {
    [ "$(models_loaded)" -gt "$loaded" ]
}

# watched NAME VARIABLE=VALUE...: plays under guard; its line is in the file NAME.
watched() {
    name=$1
    shift
    env "$@" GUARD_LOG="$work/$name" LD_PRELOAD="$GRUFF_TOOLS/guard.so" \
        jalv -n "$dut" -x -l state urn:gruff:amp <commands >jalv.log 2>&1 &
    jalv=$!
    children="$jalv $children"
    exec 9>commands
    until_true port_is_there "$dut:in" || {
        cat jalv.log
        fail 'jalv does not run the plugin'
    }
    for setting in gate calibrate tone_position; do
        echo "set $setting 1" >&9
    done
    for setting in bass middle treble presence depth input; do
        echo "set $setting 3" >&9
    done
    for time in 1 2 3 4 5 6; do
        loaded=$(models_loaded)
        echo 'set next 1' >&9
        until_true more_loaded || {
            cat jalv.log
            fail 'there is no next model'
        }
        printf 'set next 0\nset mix 9%s\nset enabled %s\n' "$time" $((time % 3 > 0)) >&9
        "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in" || fail 'jack_probe fails'
    done
    # No signal ends it: its handler would make system calls, and might do so on the watched thread.
    exec 9>&-
    wait "$jalv" || true
    [ -s "$name" ] || {
        cat jalv.log
        fail 'the guard says nothing'
    }
    grep -q 'cabinet cabinet.wav' jalv.log || {
        cat jalv.log
        fail 'the cabinet was not loaded'
    }
    cat "$name"
}

watched spoilt GUARD_SPOIL=1
read -r _ runs _ allocations _ locks _ calls _ _ _ unwatched <spoilt
if [ "$allocations" -lt "$runs" ] || [ "$locks" -lt "$runs" ] ||
    [ "$calls" -lt $((runs - unwatched)) ]; then
    fail 'the guard is blind'
fi
[ "$unwatched" -eq 0 ] || echo 'system calls are not watched: this kernel or processor cannot'
watched clean
read -r _ runs _ allocations _ locks _ calls _ <clean
[ "$runs" -gt 100 ] || fail 'hardly a run'
[ $((allocations + locks + calls)) -eq 0 ] || fail 'run() does what it must not'

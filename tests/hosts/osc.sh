#!/bin/sh
# SPDX-License-Identifier: ISC
# OSC turns the knobs of the standalone host and asks how they stand; only from this machine, unless
# told otherwise.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"

[ -x "$GRUFF_TOOLS/ask_osc" ] || skip 'built without OSC (Debian: liblo-dev)'
jack_start

said() {
    grep -q -e "$1" dut.log || {
        cat dut.log
        fail "gruff does not say '$1'"
    }
}
# begin OPTION...: gruff, unplugged; its port of OSC in $port.
begin() {
    "$GRUFF_STANDALONE" --name "$dut" --no-connect --no-session "$@" 2>dut.log &
    gruff=$!
    children="$gruff $children"
    until_true port_is_there "$dut:in" || {
        cat dut.log
        fail 'gruff does not start'
    }
    port=$(sed -n 's/.*OSC on port \([0-9]*\) of .*/\1/p' dut.log)
}
end() {
    kill -INT "$gruff"
    wait "$gruff" || fail "gruff ends with status $?"
}
ask() {
    "$GRUFF_TOOLS/ask_osc" 127.0.0.1 "$port" "$@" >answers || fail 'ask_osc fails'
}
# answers LINE...: what the last ask was answered.
answers() {
    printf '%s\n' "$@" | diff - answers || fail 'not the answers that were expected (<)'
}
# refused PATTERN MESSAGE...: gruff says such a line about that, and its knobs stay.
refused() {
    pattern=$1
    shift
    ask /gruff/get
    cp answers before
    sleep 1 # one line a second
    ask "$@" /gruff/get
    diff before answers || fail "$*: turns knobs"
    said "$pattern"
}
# bound ADDRESS: to what the port is, in the hexadecimal of the kernel.
bound() {
    grep -q " $1:$(printf %04X "$port") " /proc/net/udp || {
        cat /proc/net/udp
        fail "port $port is not bound to $1"
    }
}

mkdir models
cp model.json other.json models/
HOME=$work LV2_PATH=$work/lv2:$work/.lv2 "$GRUFF_STANDALONE" --output -6 --save-preset Quieter \
    model.json 2>said || fail "no preset is saved: $(cat said)"
LV2_PATH=$work/lv2:$work/.lv2
begin --osc 0 models/model.json

# Every control, to its ends and back.
"$GRUFF_STANDALONE" --help | sed -n 's/, \([0-9]\)\(, [0-9]\)* or \([0-9]\) /, \1 to \3 /
    s/^ *--\([a-z][a-z0-9_]*\)  *VALUE .*, \([-0-9]*\) to \([0-9]*\).* (\([-0-9]*\))$/\1 \2 \3 \4/p' \
    >controls
[ "$(wc -l <controls)" -eq 27 ] || fail "$(wc -l <controls) controls in --help"
expected() { # COLUMN: the lines of /gruff/get
    awk -v column="$1" '{ print "/gruff/" $1, $column }' controls
    echo "/gruff/model $work/models/model.json"
    echo '/gruff/cabinet '
}
turn_all() { # TYPE COLUMN
    # shellcheck disable=SC2046 # a list of words
    ask $(awk -v type="$1" -v column="$2" '{ print "/gruff/" $1 "=" type ":" $column }' controls)
    answers_nothing
    ask /gruff/get
    expected "$2" | diff - answers || fail 'not all controls are where they were turned to'
}
answers_nothing() {
    [ ! -s answers ] || fail "an answer to nothing: $(cat answers)"
}
ask /gruff/get
expected 4 | diff - answers || fail 'not the initial values'
turn_all f 3
turn_all i 2
turn_all d 3
turn_all h 4
ask /gruff/gate=T: /gruff/gate /gruff/gate=F: /gruff/gate /gruff/bass=f:-3.5 /gruff/bass
answers '/gruff/gate 1' '/gruff/gate 0' '/gruff/bass -3.5'
ask bundle /gruff/bass=i:0 /gruff/treble=f:1.5 /gruff/bass /gruff/treble
answers '/gruff/bass 0' '/gruff/treble 1.5'
ask /gruff/treble=f:0

# It is heard.
ask /gruff/output=f:-12 /gruff/output
answers '/gruff/output -12'
"$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
"$GRUFF_MODEL" render --chain --set output=-12 model.json in.wav reference.wav >/dev/null
same out.wav exact

# Files and presets.
ask /gruff/next /gruff/model
answers "/gruff/model $work/models/other.json"
ask /gruff/previous=f:1 /gruff/previous=f:0 /gruff/model
answers "/gruff/model $work/models/model.json"
ask /gruff/model=s:models/other.json /gruff/cabinet=s:in.wav /gruff/model /gruff/cabinet
answers "/gruff/model $work/models/other.json" "/gruff/cabinet $work/in.wav"
ask '/gruff/cabinet=s:' /gruff/cabinet
answers '/gruff/cabinet '
refused 'missing.json: cannot be read' /gruff/model=s:missing.json
ask /gruff/preset=s:quieter /gruff/output
answers '/gruff/output -6'
number=$("$GRUFF_STANDALONE" --list-presets | sed -n 's/^ *\([0-9]*\)  Quieter$/\1/p')
ask /gruff/output=f:0 /gruff/preset=i:"$number" /gruff/output
answers '/gruff/output -6'
refused '/gruff/preset names no preset that can be had' /gruff/preset=s:none
refused '/gruff/preset takes the name' /gruff/preset=f:0

# What makes no sense: one line, and at most one a second.
refused '/gruff/input takes a number from -24 to 24' /gruff/input=f:24.1
refused '/gruff/output takes a number from -' /gruff/output=f:-1000
refused '/gruff/mix takes a number from 0 to 100' /gruff/mix=f:nan
refused '/gruff/bass takes a number' /gruff/bass=s:3
refused '/gruff/depth takes a number' /gruff/depth=f:1=f:2
refused '/gruff/nonsense is not known' /gruff/nonsense=f:1
refused '/other/input does not begin with /gruff/' /other/input=f:1
refused '/gruff/model takes the path' /gruff/model=s:
refused 'a packet is no message' hex:2f67
refused 'a bundle is broken' hex:2362756e646c65000000000000000001000000ff

# A bundle is served up to 512 messages, and bundles in it up to the fourth.
wrap() { # HEX: a bundle with that in it
    printf '2362756e646c65000000000000000001%08x%s' $((${#1} / 2)) "$1"
}
bass=2f67727566662f62617373002c660000 # /gruff/bass ,f
fourth=$(wrap "$(wrap "$(wrap "$(wrap ${bass}40400000)")")")
fifth=$(wrap "$(wrap "$(wrap "$(wrap "$(wrap ${bass}40800000)")")")")
ask hex:"$fourth" /gruff/bass
answers '/gruff/bass 3'
refused 'a bundle is broken, or asks for too much' hex:"$fifth"
set -- bundle
while [ $# -le 600 ]; do
    set -- "$@" /gruff/bass=f:3
done
ask "$@" /gruff/treble=f:7
ask /gruff/treble
answers '/gruff/treble 0'

sleep 1
lines=$(wc -l <dut.log) since=$(date +%s)
ask /a /b /c /d /e /f /g /h /i /j
lines=$(($(wc -l <dut.log) - lines))
if [ "$lines" -lt 1 ] || [ "$lines" -gt $(($(date +%s) - since + 1)) ]; then
    fail "$lines lines for many faults"
fi
ask noise:5000
ask /gruff/enabled=i:0 /gruff/enabled
answers '/gruff/enabled 0'
kill -0 "$gruff" || fail 'gruff ends through noise'

# Who may: this machine; unless told otherwise.
bound 0100007F
"$GRUFF_TOOLS/ask_osc" 127.0.0.2 "$port" /gruff/get >answers
answers_nothing
code=0
"$GRUFF_STANDALONE" --name second --no-session --osc "$port" model.json 2>said || code=$?
if [ "$code" -ne 1 ] || [ "$(wc -l <said)" -ne 1 ] ||
    ! grep -q "OSC cannot have port $port: Address already in use" said; then
    cat said
    fail "a port that is taken: status $code"
fi
end
begin --osc 0 --osc-any model.json
said "OSC on port $port of all addresses"
bound 00000000
"$GRUFF_TOOLS/ask_osc" 127.0.0.2 "$port" /gruff/mix >answers
answers '/gruff/mix 100'
end
begin model.json
[ -z "$port" ] || fail 'OSC without --osc'
end
for options in '--osc-any' '--osc x' '--osc 65536'; do
    code=0
    # shellcheck disable=SC2086 # words
    "$GRUFF_STANDALONE" $options model.json 2>said || code=$?
    [ "$code" -eq 2 ] || fail "$options: status $code, $(cat said)"
done

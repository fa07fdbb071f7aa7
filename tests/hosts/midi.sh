#!/bin/sh
# SPDX-License-Identifier: ISC
# MIDI turns the knobs of the standalone host, over JACK. (tests/plugin/backend/test_alsa_midi.c: ALSA's sequencer.)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"

# begin OPTION...: gruff, unplugged, until it can be reached.
begin() {
    "$GRUFF_STANDALONE" --name "$dut" --no-connect "$@" model.json 2>dut.log &
    gruff=$!
    children="$gruff $children"
    until_true port_is_there "$dut:in" || {
        cat dut.log
        fail 'gruff does not start'
    }
}
end() {
    kill -INT "$gruff"
    wait "$gruff" || fail "gruff ends with status $?"
}
# send MESSAGE...: and waits until gruff has followed them: it says so of a program that there is
# not, another one each time, but at most once in a second.
unused=127
send() {
    "$GRUFF_TOOLS/send_midi" "$dut:midi_in" "$@" || fail 'MIDI cannot be sent'
    unused=$((unused - 1))
    until_true told_of_unused || {
        cat dut.log
        fail "gruff does not say that there is no program $unused"
    }
}
told_of_unused() {
    "$GRUFF_TOOLS/send_midi" "$dut:midi_in" "$(printf 'cf %02x' "$unused")" &&
        grep -q "MIDI asks for program $unused, and there is no such preset" dut.log
}
# sounds_as OPTION...: gruff now plays what gruff-model renders with these.
sounds_as() {
    "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
    "$GRUFF_MODEL" render --chain "$@" model.json in.wav reference.wav >/dev/null
    same out.wav
}
said() {
    grep -q -e "$1" dut.log || {
        cat dut.log
        fail "gruff does not say '$1'"
    }
}

jack_start

# What is learned is kept, in the user's own place. Bank select and a program are not learned.
begin --learn output
said 'output: move the MIDI controller'
send 'b2 00 05' 'c2 7e' 'b2 14 20'
said 'cc 3/20 turns output'
grep -qx 'cc 3/20 output' .config/gruff/midi || fail 'the map is not saved'
sounds_as --set output=-30
send 'b2 14 7f' 'b2 14 40' 'b0 14 7f' '90 14 7f' 'f8' 'b2 15 7f'
sounds_as --set output=-12
end
begin
send 'b2 14 20'
sounds_as --set output=-30
end

# A map by hand, with lines that make no sense. Many messages in a row all arrive.
cat >map <<'end'
# my pedals
cc 7 mix
cc 16/80 enabled
cc 20
cc 20 gain
cc 17/1 mix
  cc 21 knob3  

cc 120 mix
end
begin --midi-map map
[ "$(grep -c 'map, line' dut.log)" -eq 4 ] || fail 'not the four bad lines are named'
said "map, line 4: 'cc 20' is not of the form"
said "map, line 5: there is no control 'gain'"
said "map, line 6: '17/1' is no controller"
said "map, line 9: '120' is no controller"
set --
for value in 00 10 20 30 40 50 60 70 7f 32; do
    for again in 1 2 3 4 5 6 7 8 9; do
        set -- "$@" "b${again} 07 $value" "b0 07 $value"
    done
done
send "$@" 'b0 07 20'
sounds_as --set mix=25
send 'bf 50 3f'
sounds_as --set mix=25 --set enabled=0
send 'b0 50 7f'
sounds_as --set mix=25 --set enabled=0
send 'bf 50 40' 'b5 07 7f'
sounds_as
end
grep -q 'my pedals' map || fail 'a map is written though nothing was learned'

# A program change chooses the preset of that place in the list.
LV2_PATH=$work/lv2:$work/.lv2
"$GRUFF_STANDALONE" --no-session --output -9 --save-preset Quieter model.json 2>said ||
    fail "no preset is saved: $(cat said)"
number=$("$GRUFF_STANDALONE" --list-presets | sed -n 's/^ *\([0-9]*\)  Quieter$/\1/p')
begin --no-session
send "$(printf 'c4 %02x' $((number - 1)))"
said "preset 'Quieter'"
sounds_as --set output=-9
end

# Plugged in by itself; or deaf.
"$GRUFF_TOOLS/send_midi" - 'b0 07 7f' 'b0 07 00' &
sender=$!
until_true port_is_there "send_midi-$sender:out" || fail 'send_midi has no port'
"$GRUFF_STANDALONE" --name "$dut" --midi-map map model.json 2>dut.log &
gruff=$!
children="$gruff $children"
wait "$sender" || fail 'gruff does not plug itself in to MIDI'
jack_ports disconnect system:capture_1 "$dut:in"
send f8
sounds_as --set mix=0
end
begin --no-midi
if port_is_there "$dut:midi_in"; then
    fail 'a MIDI port in spite of --no-midi'
fi
end
mkdir folder
code=0
"$GRUFF_STANDALONE" --midi-map folder model.json 2>said || code=$?
if [ "$code" -ne 1 ] || ! grep -q 'folder: cannot be read: it is a folder' said; then
    cat said
    fail "a map that is a folder: status $code"
fi

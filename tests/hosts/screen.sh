#!/bin/sh
# SPDX-License-Identifier: ISC
# The standalone host's screen, in a terminal (tmux) of 80 x 24 cells and then wider: what its keys
# do, and what is to be read there.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need tmux tmux
"$GRUFF_STANDALONE" --help | grep -q 'built without a screen' && skip 'gruff has no screen (Debian: libncurses-dev)'
export LC_ALL=C.UTF-8

terminal() {
    tmux -L "gruff-$$" -f /dev/null "$@"
}
end_terminal() {
    terminal kill-server 2>/dev/null || true
    leave
}
trap end_terminal EXIT

# keys KEY...: as tmux names them.
keys() {
    terminal send-keys -t gruff "$@"
}

picture() {
    terminal capture-pane -p -t gruff
}

has() {
    picture | grep -q -e "$1"
}

# shows PATTERN: sooner or later.
shows() {
    until_true has "$1" || {
        picture
        fail "the screen does not show '$1'"
    }
}

lacks() {
    ! has "$1"
}

# hides PATTERN: likewise.
hides() {
    until_true lacks "$1" || {
        picture
        fail "the screen shows '$1'"
    }
}

# choose NAME: moves to that control, from the first one on.
choose() {
    keys -N 30 Up
    shows '>Enabled'
    until has ">$1 "; do
        before=$(chosen)
        keys Down
        until_true moved_on || fail "there is no way down to '$1'"
    done
}
chosen() {
    picture | grep -o '>[A-Z][A-Za-z ]*' || true
}
moved_on() {
    now=$(chosen)
    [ -n "$now" ] && [ "$now" != "$before" ]
}

plays() {
    port_is_there "$dut:in"
}

# begin ARGUMENT...: gruff at a shell's prompt in the terminal.
begin() {
    keys "$GRUFF_STANDALONE --name $dut $*" Enter
    until_true plays || {
        picture
        fail 'gruff does not start'
    }
    shows '^Gruff'
}

# ended [PATTERN]: back at the prompt, with what is typed there seen.
ended() {
    shows "${1:-gruff: played [0-9.]* s}"
    keys 'echo back to nor""mal' Enter
    shows 'back to normal'
    hides '^Gruff'
}

jack_start
mkdir models models/more
cp model.json models/first.json
cp other.json models/second.json
cp knobs.json models/more/third.json
head -c 1000 model.json >models/broken.json
terminal new-session -d -s gruff -x 80 -y 24 "env PS1='$ ' TERM=screen-256color sh" 2>said ||
    skip "no terminal is to be had here (is /dev/pts mounted?): $(cat said)"
shows '^\$'

# Controls.
begin models/first.json
shows '^Gruff  first.json  *JACK, 48000 Hz$'
shows '^  *its file states no error; GRU of 16 units$'
shows ' latency [0-9]* frames*$'
shows '^>Input level .* 0.0 dB '
keys Right Right
shows '^>Input level .* 1.0 dB '
keys Left S-Right
shows '^>Input level .* 3.5 dB '
keys PPage PPage
shows '^>Input level .* 9.5 dB '
keys Down 6 . 2 5
shows '^Output level, -48 to 24 dB: 6.25'
keys Enter
shows '^>Output level .* 6.[23] dB '
keys 9 9 Enter
shows "'output' takes a number from -48 to 24 dB, not '99'"
keys BSpace
shows '^>Output level .* 0.0 dB '
keys Tab
shows '>Middle '
keys Up Up Space
shows '>Tone position  *Before the model$'
keys b
shows '^Gruff .* bypassed '
keys b
hides 'Drive'

choose 'Input level'
keys BSpace
shows '^>Input level .* 0.0 dB '

# Meters: quiet; then the tallest of in.wav stays a while; then a clip until it is forgotten.
shows '^In .* quiet '
tallest_is_seen() { # it stays for a second and a half, in which a busy machine may show nothing
    "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
    for _ in 1 2 3 4 5 6 7 8 9; do
        sleep 0.1
        ! has '^In .* -[1-9]\.[0-9] dB ' || return 0
    done
    return 1
}
until_true tallest_is_seen || fail 'the meter does not show the tallest'
shows 'Load  *[0-9.]* %, worst  *[0-9.]* %$'
shows ' [0-9]* xruns*\(, longest [0-9.]* ms\)*$'
shows '^In .* quiet '
choose 'Output level'
keys 2 4 Enter
shows '^>Output level .* 24.0 dB '
hides CLIP
"$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
shows '^Out .* CLIP '
shows '^Out .* quiet  *CLIP '
keys x
hides CLIP

# Models: the next one; the browser, and a broken file; one with knobs.
keys n
shows '^Gruff  second.json '
keys p
shows '^Gruff  first.json '
keys m
shows "^Models in .*/models\$"
shows '^> ▶ first.json'
shows '^    second.json'
keys b r o
shows 'with "bro"'
hides '^    second.json'
keys Enter
shows 'broken.json: line '
shows '^Gruff  first.json '
keys BSpace BSpace BSpace
shows '^    second.json'
keys End Enter
shows '^Gruff  second.json '
shows '^> ▶ second.json'
keys Home Down
shows '^>   more/'
keys Enter
shows '^Models in .*/models/more$'
keys Down Enter
shows '^Gruff  Brown sugar '
shows 'ESR 0.0042, very close'
keys Escape
shows 'Drive  *as in the file$'
choose 'Tone '
shows '>Tone  *as in the file$'
keys 0 . 7 5 Enter
shows '>Tone .* 0.75$'
keys 3 Enter
shows "'Tone' takes a number from 0 to 1, not '3'"
keys BSpace
shows '>Tone  *as in the file$'

# Cabinets.
cp in.wav models/more/box.wav
keys c
shows '^Cabinets in '
shows '^> ▶ (no cabinet)'
keys Escape
shows '^Cabinet file: none$'

# MIDI: a control learns what turns it, and forgets it; or what it was to learn.
choose Mix
keys l
shows ' move a MIDI knob for Mix$'
"$GRUFF_TOOLS/send_midi" "$dut:midi_in" 'b2 14 00'
shows '^>Mix .* 0.0 % .*'
shows ' turned by MIDI cc 3/20$'
keys u
hides 'turned by MIDI'
keys BSpace l
shows ' move a MIDI knob for Mix$'
keys l
hides 'move a MIDI knob'

# Presets: one that the plugin brings, one of one's own.
choose Bass
keys r
first=$("$GRUFF_STANDALONE" --list-presets | sed -n '1s/^ *1  //p')
shows "^> . $first"
keys w a r Enter
shows '^> ▶ Warm'
keys Escape
shows '>Bass .* 2.0 dB$'
keys s
shows '^Save as a preset called: _'
keys 'My own' BSpace N Enter
shows "preset 'My owN' saved"
keys BSpace
shows '>Bass .* 0.0 dB$'
keys r
shows '^> ▶ My owN'
keys Enter Escape
shows '>Bass .* 2.0 dB$'

# Its error and how calm it is.
shows '^  *ESR 0.0042, .*; GRU of 16 units; calm to +12 dB$'

# As README has it: a picture of it.
terminal capture-pane -e -p -t gruff | LC_ALL=C awk -f "$here/picture.awk" >picture.svg
grep -q '^<text .*>Brown sugar</text>$' picture.svg || fail 'the picture lacks the name of the model'
grep -q '^</svg>$' picture.svg || fail 'the picture has no end'

# Help has every key that a hint names, and more.
keys '?'
for line in 'Up, Down *choose a control' 'b *bypass' 'p, n *previous, next model' 'm *models' 'c *cabinets' \
    'r *presets' 's *save as a preset' 'l *turn it by MIDI' '? *this help' 'q *quit' 'Enter *load; go in' \
    'Esc, ? *back'; do
    shows "$line"
done
keys Escape
shows '^>*.*Input level'

# Other sizes, and away for a while.
terminal resize-window -t gruff -x 79 -y 24
shows 'needs 80 x 24 cells, not 79 x 24'
hides 'Input level'
terminal resize-window -t gruff -x 120 -y 40
shows '^Gruff  Brown sugar .\{60,\} JACK, 48000 Hz$'
shows ' -30  *-20  *-10  *0  *latency [0-9]* frames*$'
keys C-z
shows '^\$$'
keys fg Enter
shows '^Gruff  Brown sugar '

# A pair of recordings: none is there; what is heard and the error; the spectra.
keys a
shows 'there is no pair of recordings'
keys q
ended
terminal resize-window -t gruff -x 80 -y 24
keys clear Enter
"$GRUFF_MODEL" render models/first.json in.wav target.wav >/dev/null
begin models/first.json --no-session --input in.wav --target target.wav
shows ' model, ESR [0-9.e-]*$'
keys a
shows ' target, ESR [0-9.e-]*$'
keys v
shows '^Third octaves in dB: left target, right model; [0-9]* of 4 s'
shows ' 125  *1k  *8k *$'
keys a
shows ' difference, ESR [0-9.e-]*$'
keys Escape
shows '^>Input level'

# The ends: a key, Ctrl-C, SIGTERM, the server that goes away first; and plain lines.
keys q
ended
terminal resize-window -t gruff -x 80 -y 24
keys clear Enter
begin models/first.json
keys C-c
ended
keys clear Enter
begin models/first.json
shell=$(terminal list-panes -t gruff -F '#{pane_pid}')
gruff=$(cat "/proc/$shell/task/$shell/children")
# shellcheck disable=SC2086 # a blank follows it
kill -TERM $gruff
ended
keys clear Enter
keys "$GRUFF_STANDALONE --name $dut --no-screen models/first.json" Enter
until_true plays || fail 'gruff --no-screen does not start'
shows '^gruff: plugged in'
keys C-c
ended
keys clear Enter
keys "$GRUFF_STANDALONE --name $dut --channel 3 models/first.json" Enter
shows 'gruff: .*no input channel 3'
keys clear Enter
begin models/first.json
kill -TERM "$server"
wait "$server" || true
shows '^Gruff .* waiting for JACK$'
shows 'JACK server is gone'
keys q
ended 'gruff: waiting for it'

# A terminal that is closed ends it, too.
jack_start
keys clear Enter
begin models/first.json
terminal kill-server
is_over() {
    ! plays
}
until_true is_over || fail 'gruff outlives its terminal'

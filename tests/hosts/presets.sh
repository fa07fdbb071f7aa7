#!/bin/sh
# SPDX-License-Identifier: ISC
# Presets and sessions of the standalone host on a JACK server: what is saved sounds again, in jalv,
# too, and without its files.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
jack_start

XDG_STATE_HOME=$work/state
export XDG_STATE_HOME

# refuses PATTERN ARGUMENT...: gruff says one line like that, and fails.
refuses() {
    pattern=$1
    shift
    if timeout 120 "$GRUFF_STANDALONE" "$@" >said 2>&1 </dev/null || ! grep -q -e "$pattern" said ||
        [ "$(wc -l <said)" -ne 1 ]; then
        cat said
        fail "gruff $*: no failure with the one line '$pattern'"
    fi
}

# sounds LIKE-OPTIONS ARGUMENT...: gruff with these arguments sounds as gruff-model with those options
# does (a word each).
sounds() {
    like=$1
    shift
    # shellcheck disable=SC2086 # words
    "$GRUFF_MODEL" render --chain $like in.wav reference.wav >/dev/null
    gruff_plays "$@"
    same out.wav exact
}

# Presets that the plugin brings.
"$GRUFF_STANDALONE" --list-presets >list
grep -q '[0-9]  Tight: less bass before the model, gated$' list || fail 'the presets are not listed'
LV2_PATH=$work/nowhere "$GRUFF_STANDALONE" --list-presets >list2 || fail 'the presets of the build are not found'
refuses "no preset 'nonsense'" model.json --preset nonsense
sounds '--set tone_position=0 --set bass=2 --set depth=3 --set treble=-3 --set presence=-2 --set mix=70 model.json' \
    --no-session --model model.json --preset warm --mix 70
sounds '--set normalise=0 --set dc_block=0 model.json' --no-session model.json \
    --preset "$(sed -n 's/^ *\([0-9]*\)  Neutral.*/\1/p' list)"
[ ! -e state ] || fail '--no-session leaves something behind'

# A session that is remembered, also when its files are gone or broken.
refuses 'which model'
sounds '--set input=3 --set treble=-4 other.json' other.json --input 3 --treble -4
sounds '--set input=3 --set treble=-4 other.json'
cp other.json kept.json
rm other.json
sounds '--set input=3 --set treble=-4 --set bass=1 kept.json' --bass 1
grep -q "the session's own copy plays: .*other.json" gruff.log || fail 'nothing is said of the missing file'
sounds '--set input=3 --set treble=-4 --set bass=1 kept.json'
sounds 'model.json' model.json
sounds 'model.json'
cp state/gruff/session.ttl good.ttl
head -c 3000 good.ttl >state/gruff/session.ttl
if "$GRUFF_STANDALONE" >said 2>&1; then
    fail 'gruff plays half a session'
fi
grep -q 'session.ttl: is broken' said || fail 'nothing is said of half a session'
[ "$(wc -l <said)" -eq 2 ] || fail 'too much is said of half a session'
echo nonsense >state/gruff/session.ttl
sounds 'model.json' model.json
sounds 'model.json'

# A preset of one's own, here and in jalv, after its model is gone.
"$GRUFF_STANDALONE" --no-session kept.json --input 2 --depth 5 --save-preset 'My lead!' 2>said || fail 'no preset is saved'
grep -q "preset 'My lead!' saved" said || fail 'nothing is said of the preset'
[ "$(wc -l <said)" -eq 1 ] || fail 'more than one line about a saved preset'
LV2_PATH=$work/.lv2:$LV2_PATH
"$GRUFF_STANDALONE" --list-presets | grep -q '  My lead!$' || fail 'the new preset is not listed'
mv kept.json moved.json
sounds '--set input=2 --set depth=5 moved.json' --no-session --preset 'my lead!'
"$GRUFF_STANDALONE" --no-session moved.json --input 5 --save-preset 'My lead!' 2>said || fail 'no preset is replaced'
sounds '--set input=5 moved.json' --no-session --preset 'my lead!'
[ "$("$GRUFF_STANDALONE" --list-presets | grep -c 'My lead!')" -eq 1 ] || fail 'a replaced preset is there twice'
if command -v jalv >/dev/null; then
    mkfifo commands
    jalv -n "$dut" -x -l .lv2/gruff-My-lead-.preset.lv2/My-lead-.ttl urn:gruff:amp <commands >jalv.log 2>&1 &
    children="$! $children"
    exec 9>commands
    until_true port_is_there "$dut:in" || fail 'jalv does not run the preset'
    "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
    exec 9>&-
    same out.wav
else
    echo 'without jalv: the saved preset is not tried in another host'
fi

#!/bin/sh
# SPDX-License-Identifier: ISC
# The presets that the plugin comes with: in jalv, all in one process, in gruff by their names, and in
# Ardour by their names, each loads its model and its cabinet and sounds as gruff-model renders what it
# says, from a folder that no build knows.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
cp "$GRUFF_BUNDLE/models/default.json" lv2/gruff.lv2/models/
bundle=$work/lv2/gruff.lv2
awk -f "$here/factory.awk" "$bundle/presets.ttl" >presets
[ -s presets ] || fail 'no presets'
for model in "$bundle"/models/*.json; do
    [ ! -e "$model" ] || grep -q "	models/$(basename "$model")	" presets || fail "no preset plays $model"
done

# A preset's name begins as its model's does.
while IFS='	' read -r uri name model rest; do
    "$GRUFF_MODEL" info "$bundle/$model" | grep -q "^name  *${name%%:*}" || fail "'$name' plays a model of another name"
done <presets

# reference MODEL CABINET SETTINGS: reference.wav, what gruff-model renders.
reference() {
    # shellcheck disable=SC2086 # words
    "$GRUFF_MODEL" render --chain --cabinet "$bundle/$2" $3 "$bundle/$1" in.wav reference.wav >/dev/null
}

# sounds NAME: whether out.wav is reference.wav. (A new model begins where jalv is, gruff-model from
# its start: a distortion amplifies what is left of that after a second.)
sounds() {
    "$GRUFF_MODEL" compare --align --skip 1 --json reference.wav out.wav >compared
    sed 's/.*"esr": \([^,]*\),.*/\1/' compared | awk '{ exit !($1 < 1e-8) }' || {
        cat compared
        fail "'$1' is not what gruff-model renders"
    }
}

# lines_are COUNT PATTERN FILE
lines_are() {
    [ "$(grep -c -e "$2" "$3")" -eq "$1" ]
}

jack_start
if command -v jalv >/dev/null; then
    mkfifo commands
    stdbuf -oL jalv -n "$dut" -x urn:gruff:amp <commands >jalv.log 2>&1 &
    children="$! $children"
    exec 9>commands
    until_true port_is_there "$dut:in" || {
        cat jalv.log
        fail 'jalv does not run the plugin'
    }
    echo presets >&9                               # reads them
    last=$(sed -n '1s/.*--set \(.*\)=.*/\1/p' presets) # control
    until_true grep -q '(Gruff: ' jalv.log || fail 'jalv lists no presets'
    told=$(grep -c "$last = " jalv.log || true)
    while IFS='	' read -r uri name model cabinet settings; do
        # A cabinet is told after its model. The console of jalv 1.6 takes no controls from a preset
        # while it runs: they are set by hand.
        loaded=$(grep -c 'gruff: cabinet ' jalv.log || true)
        echo "preset $uri" >&9
        until_true lines_are $((loaded + 1)) 'gruff: cabinet ' jalv.log || {
            cat jalv.log
            fail "jalv does not load '$name'"
        }
        echo "${settings# --}" | sed 's/ --/\n/g; s/=/ /g' >&9
        told=$((told + 2)) # once by the preset, once by hand
        until_true lines_are "$told" "$last = " jalv.log || fail "jalv does not set '$name'"
        reference "$model" "$cabinet" "$settings"
        "$GRUFF_TOOLS/jack_probe" in.wav out.wav "$dut:out" "$dut:in"
        sounds "$name"
    done <presets
    # From one of them to the next is a press.
    models=$(find "$bundle/models" -name '*.json' | wc -l)
    loaded=$(grep -c 'gruff: .*: hidden size ' jalv.log)
    echo 'set next 1' >&9
    [ "$models" -eq 1 ] || until_true lines_are $((loaded + 1)) 'gruff: .*: hidden size ' jalv.log ||
        fail 'there is no next model'
    exec 9>&-
    ! grep '^error\|^warning' jalv.log || fail 'jalv says that something is wrong'
else
    echo 'without jalv: the presets are tried in gruff alone'
fi

# gruff_sounds WHAT ARGUMENT...: gruff with these arguments sounds as the reference.
gruff_sounds() {
    what=$1
    shift
    gruff_plays "$@"
    sounds "$what"
}

# gruff lists all of them, and plays the first and the last of the models' by their names.
"$GRUFF_STANDALONE" --list-presets >list
while IFS='	' read -r uri name rest; do
    grep -q "[0-9]  $name\$" list || fail "'$name' is not listed"
done <presets
XDG_STATE_HOME=$work/state
export XDG_STATE_HOME
for at in 1 '$'; do
    sed -n "${at}p" presets >one
    IFS='	' read -r uri name model cabinet settings <one
    reference "$model" "$cabinet" "$settings"
    gruff_sounds "$name" --preset "$name"
done

# When the plugin's folder is elsewhere, a session of one still sounds, and so do the presets there.
mkdir elsewhere
mv lv2/gruff.lv2 elsewhere/
LV2_PATH=$work/elsewhere:/usr/lib/lv2
gruff_sounds "the session of '$name'"
grep -q "the session's own copy plays: .*$model" gruff.log || fail 'nothing is said of the folder that is gone'
gruff_sounds "$name" --no-session --preset "${name#*: }"
mv elsewhere/gruff.lv2 lv2/
LV2_PATH=$work/lv2:/usr/lib/lv2

# Ardour finds each by its name; what it saves then names its model and its cabinet.
if command -v ardour7-lua >/dev/null; then
    timeout 120 ardour7-lua "$here/ardour_presets.lua" "$work/take" take "$work/presets" >ardour.log 2>&1 || true
    grep -q "LOADED $(wc -l <presets)" ardour.log || {
        cat ardour.log
        fail 'Ardour does not load every preset'
    }
    # It saves nothing where the files stay.
    cut -f 3,4 presets | sed 's|models/||; s|cabinets/||' | uniq >wanted
    find take/plugins -name state.ttl | sort -V | while read -r state; do
        for kind in model cabinet; do
            sed -n "s/.*<urn:gruff:amp#$kind> <\\(.*\\)>.*/\\1/p" "$state"
        done | paste -s -
    done >saved
    diff wanted saved || fail 'Ardour saves other files than the presets name'
else
    echo 'without Ardour: the presets are tried in jalv and gruff alone'
fi

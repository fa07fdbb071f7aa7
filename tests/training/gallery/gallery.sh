#!/bin/sh
# SPDX-License-Identifier: ISC
# The gallery of a model with a knob and one without: what gruff-model measures stands in it, and all
# that one looks at and listens to. Arguments: gruff-gallery gruff-train gruff-model gruff-demo-pair
# default.json
set -eu
gallery=$(realpath "$1")
train=$(realpath "$2")
tool=$(realpath "$3")
pair=$(realpath "$4")
default=$(realpath "$5")

fail() {
    echo "FAILED: $*"
    exit 1
}

work=$(mktemp -d "${TMPDIR:-/tmp}/gruff-gallery-XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$default" "$work/default.json"
cd "$work"

# A pedal with a knob: at 0 it lets the guitar pass.
"$pair" . --seconds 10 >/dev/null
printf 'input,target,Drive\ninput.wav,target.wav,1\ninput.wav,input.wav,0\n' >train.csv
"$train" train.csv -o '<knob>.json' --hidden 4 --epochs 1 --latency 0 --force -q -n '<Knob> & "co"' >/dev/null
printf 'input,target,split,Drive,seen\ntest-input.wav,test-target.wav,test,1,yes\n' >test.csv
printf 'test-input.wav,test-target.wav,test,0.75,no\ninput.wav,input.wav,test,0,yes\n' >>test.csv
printf 'input,target\ntest-input.wav,test-target.wav\n' >plain.csv
"$gallery" out.html '<knob>.json' test.csv default.json plain.csv

# number ID: the number that stands under it, with all digits.
number() {
    sed -n "s/.*<data id=\"$1\" value=\"\\([^\"]*\\)\".*/\\1/p" out.html
}

# is ID INPUT TARGET MODEL [OPTION...]: whether the ESR is that which gruff-model finds.
is() {
    shown=$(number "$1") input=$2 target=$3 model=$4
    shift 4
    "$tool" render "$@" "$model" "$input" out.wav >/dev/null
    found=$("$tool" compare --json --skip 0.5 "$target" out.wav | sed 's/.*"esr": \([^,]*\),.*/\1/')
    echo "$shown $found" | awk '{ exit !($1 > 0 && ($1 - $2) ^ 2 < (1e-5 * $2) ^ 2) }' ||
        fail "ESR $shown in the gallery, $found by gruff-model $*"
}
is esr-1-1 test-input.wav test-target.wav '<knob>.json' --knob Drive=1
is esr-1-2 test-input.wav test-target.wav '<knob>.json' --knob Drive=0.75
is esr-1-3 input.wav input.wav '<knob>.json' --knob Drive=0
is esr-2-1 test-input.wav test-target.wav default.json
echo "$(number unseen-1) $(number esr-1-2)" | awk '{ exit !(($1 - $2) ^ 2 < (1e-9 * $2) ^ 2) }' ||
    fail 'the unseen setting is not told apart'
[ -z "$(number unseen-2)" ] || fail 'an error at settings that there are not'

# A model that states a delay plays without it: its own sound, so much later, is what it plays.
sed 's/"layers"/"gruff": {"latency": 100}, &/' >late.json <<'END'
{"in_shape": [null, null, 1], "samplerate": 48000, "layers": [{"type": "dense", "activation": "tanh",
"shape": [null, null, 1], "weights": [[[3]], [0]]}]}
END
"$tool" render --latency late.json test-input.wav late.wav >/dev/null
printf 'input,target\ntest-input.wav,late.wav\n' >late.csv
"$gallery" late.html late.json late.csv
late=$(sed -n 's/.*<data id="esr-1-1" value="\([^"]*\)".*/\1/p' late.html)
echo "$late" | awk '{ exit !(NF == 1 && $1 < 1e-12) }' || fail "ESR $late of a model from itself"

# A trained and an unseen setting of the one, the other as it is: sounds and pictures.
sounds=$(grep -o '<audio [^>]*src="data:audio/flac;base64,[A-Za-z0-9+/=]\{1000,\}"></audio>' out.html | wc -l)
[ "$sounds" -eq 9 ] || fail "$sounds sounds, not 9"
pictures=$(grep -c '<img src="data:image/svg+xml;base64,' out.html)
[ "$pictures" -eq 12 ] || fail "$pictures pictures, not 9 spectrograms and 3 curves"
grep -q '&lt;Knob&gt; &amp; &quot;co&quot;</h2>' out.html || fail 'the name is not there'
! grep -q 'src="[^d]\|href="[^#]\|@import\|<script' out.html || fail 'the page is not alone'
! grep -qi '>-\?\(nan\|inf\)' out.html || fail 'a number that is none'
if command -v xmllint >/dev/null; then
    xmllint --huge --noout out.html || fail 'the page is not well-formed'
else
    echo 'without xmllint: not checked for form'
fi

# refuses PATTERN ARGUMENT...: one line like that, status 1, and no page.
refuses() {
    pattern=$1
    shift
    status=0
    "$gallery" refused.html "$@" >said 2>&1 || status=$?
    if [ "$status" -ne 1 ] || [ "$(wc -l <said)" -ne 1 ] || ! grep -q -e "$pattern" said || [ -e refused.html ]; then
        cat said
        fail "gruff-gallery $*: no failure with the one line '$pattern'"
    fi
}
refuses 'missing.json' missing.json plain.csv
refuses 'missing.csv' default.json missing.csv
refuses "no knob 'Drive'" default.json test.csv
sed 's/,no$/,perhaps/' test.csv >doubtful.csv
refuses "line 3: seen must be yes or no" '<knob>.json' doubtful.csv
printf 'input,target\ntest-input.wav,gone.wav\n' >gone.csv
refuses 'gone.wav' default.json plain.csv default.json gone.csv
for read in default.json plain.csv; do
    cp $read kept
    if "$gallery" $read default.json plain.csv >said 2>&1 || ! cmp $read kept; then
        fail "$read is read and written"
    fi
    grep -q "would replace $read, which is read" said || fail "$(cat said)"
done
status=0
"$gallery" refused.html default.json >said 2>&1 || status=$?
if [ "$status" -ne 2 ] || ! grep -q 'expected OUT.html, and MODEL.json and TEST.csv' said; then
    fail "status $status where a list is missing: $(cat said)"
fi

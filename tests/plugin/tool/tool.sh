#!/bin/sh
# SPDX-License-Identifier: ISC
# gruff-model and gruff-demo-pair as a user meets them.
# Arguments: gruff-model gruff-demo-pair make_wav default.json
set -eu

here=$(dirname "$0")
# shellcheck source=tests/rig/programs.sh
. "$here/../../rig/programs.sh"

model=$(absolute "$1")
pair=$(absolute "$2")
make_wav=$(absolute "$3")
default=$(absolute "$4")
begin

# A GRU of two units that does something to a signal.
cat >tiny.json <<'EOF'
{"in_shape": [null, null, 1], "in_skip": 1, "samplerate": "48000",
 "metadata": {"name": "Tiny", "license": "ISC", "esr": 0.25},
 "layers": [
  {"type": "gru", "activation": "", "shape": [null, null, 2], "weights": [
   [[0.5, -0.5, 1, 0.25, 2, -1]],
   [[0.1, 0.2, -0.3, 0.4, 0.5, 0.1], [0.3, -0.1, 0.2, 0.1, -0.4, 0.2]],
   [[0, 0.1, 0, 0.1, 0, 0], [0, 0, 0.1, 0, 0.1, 0]]]},
  {"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [
   [[0.5], [-0.25]], [0]]}]}
EOF

# The pair: the same seed gives the same bytes, another one does not; training and test differ.
"$pair" one --seconds 10 >/dev/null
"$pair" two --seconds 10 --seed 1 >/dev/null
"$pair" three --seconds 10 --seed 2 >/dev/null
for file in input target test-input test-target; do
    cmp "one/$file.wav" "two/$file.wav" || fail "$file: not the same for the same seed"
    if cmp -s "one/$file.wav" "three/$file.wav"; then
        fail "$file: the same for another seed"
    fi
done
[ "$(find one -type f | wc -l)" -eq 4 ] || fail "more or less than four files: $(ls -A one)"
json "$model" compare --json one/input.wav one/target.wav
[ "$(number frames)" -eq 480000 ] || fail "not 10 s: $(cat json.txt)"
[ "$(number rate)" -eq 48000 ] || fail "not 48 kHz: $(cat json.txt)"
holds "$(number peak_reference) > 0.6 && $(number peak_reference) < 0.8"
holds "$(number peak_other) > 0.2 && $(number peak_other) < 0.9"
holds "$(number dc) < 1e-3 && $(number dc) > -1e-3"
holds "$(number correlation) > 0.5 && $(number esr) > 0.1"
refuses 2 'expected one folder' "$pair"
refuses 2 'seconds takes' "$pair" bad --seconds 3
refuses 2 'seed takes' "$pair" bad --seed x
refuses 2 'unknown option' "$pair" bad --frets 3
refuses 1 'cannot be made: No such file' "$pair" no/bad
refuses 1 'cannot be written' "$pair" tiny.json
"$pair" --help | grep -q '^Usage' || fail 'no help'

# The default model plays what it was trained to play.
"$model" render "$default" one/test-input.wav default.wav >/dev/null
json "$model" compare --json one/test-target.wav default.wav
holds "$(number esr) < 0.01"

# Rendering: what every ISA gives is the same but for rounding; twice the same bytes.
in=one/test-input.wav
json "$model" render tiny.json $in out.wav --json
[ "$(number frames)" -eq 729600 ] || fail "wrong length: $(cat json.txt)"
holds "$(number realtime_factor) > 0 && $(number peak) > 0.1"
"$model" render tiny.json $in again.wav | grep -q 'times real time' || fail 'no speed'
cmp out.wav again.wav || fail 'not the same twice'
tried=0
for isa in scalar sse2 avx2 avx512 neon; do
    if "$model" render tiny.json $in isa.wav --isa $isa --json >json.txt 2>err.txt; then
        grep -q "\"isa\": \"$isa\"" json.txt || fail "not $isa: $(cat json.txt)"
        json "$model" compare --json out.wav isa.wav
        holds "$(number max_abs) < 1e-5"
        tried=$((tried + 1))
    else
        grep -q "'$isa' is not available" err.txt || fail "$isa: $(cat err.txt)"
    fi
done
[ $tried -ge 1 ] || fail 'no ISA at all'
"$make_wav" noise 44100 2 rate.wav
"$make_wav" nan 48000 2 nan.wav
"$model" render tiny.json rate.wav rate-out.wav >out.txt
grep -q '^The model runs at 48000 Hz: the audio was converted to that rate and back' out.txt ||
    fail "no word on the rates: $(cat out.txt)"
json "$model" render tiny.json rate.wav rate-out.wav --json
holds "$(number rate) == 44100 && $(number frames) == 88200 && $(number model_rate) == 48000"
grep -q '"resampled": true' json.txt || fail "no word on the rates: $(cat json.txt)"
"$make_wav" noise 100 2 slow.wav
refuses 1 'slow.wav has 100 Hz.*made for 48000 Hz: rates that are more' \
    "$model" render tiny.json slow.wav bad.wav
sed 's/"samplerate": "48000",//' tiny.json >any-rate.json
"$model" render any-rate.json rate.wav rate-out.wav >/dev/null || fail 'a model of no rate takes any'
refuses 1 'nan.wav: sample' "$model" render tiny.json nan.wav bad.wav
refuses 1 'missing.wav: cannot be read: No such file' "$model" render tiny.json missing.wav bad.wav
refuses 1 'one: cannot be read: it is a folder' "$model" render tiny.json one bad.wav
refuses 1 'missing.json: cannot be read' "$model" render missing.json $in bad.wav
cp $in kept.wav
ln -s kept.wav link.wav
refuses 2 'link.wav: would replace kept.wav, which is read' "$model" render tiny.json kept.wav link.wav
refuses 2 'would replace tiny.json' "$model" render tiny.json $in ./tiny.json
refuses 2 'would replace kept.wav' "$model" render tiny.json $in kept.wav --chain --cabinet kept.wav
cmp $in kept.wav || fail 'a recording that is read is replaced'
refuses 1 ': cannot be written: it has no name' "$model" render tiny.json $in ''
refuses 1 'no/bad.wav: cannot be written' "$model" render tiny.json $in no/bad.wav
refuses 2 "isa takes scalar, sse2, avx2, avx512 or neon, not 'mmx'" "$model" render tiny.json $in bad.wav --isa mmx
refuses 2 'a file is missing' "$model" render tiny.json $in
head -c 300 tiny.json >cut.json
refuses 1 'cut.json: line .*, column .*: not JSON' "$model" render cut.json $in bad.wav
sed 's/0.25, 2, -1/0.25, 2/' tiny.json >size.json
refuses 1 'size.json: layer 1 (gru), kernel: 6 numbers expected, 5 found' \
    "$model" render size.json $in bad.wav
head -c 100000 $in >cut.wav
refuses 1 'cut.wav: is cut short' "$model" render tiny.json cut.wav bad.wav
: >empty.wav
refuses 1 'empty.wav: cannot be read: it is empty' "$model" render tiny.json empty.wav bad.wav

# The whole chain: bypassed it gives the input back; neutral the model alone.
"$model" render --chain --set normalise=0 --set dc_block=0 tiny.json $in chain.wav |
    grep -q 'whole chain' || fail 'no whole chain'
cmp out.wav chain.wav || fail 'the neutral chain is not the model'
"$model" render --chain --set enabled=0 tiny.json $in chain.wav >/dev/null
json "$model" compare $in chain.wav --json
holds "$(number max_abs) == 0"
json "$model" render --json --chain --set input=6 --set output=-6 --set mix=50 tiny.json $in chain.wav
grep -q '"chain": true' json.txt || fail "chain: $(cat json.txt)"
json "$model" compare out.wav chain.wav --json
holds "$(number esr) > 1e-4"
"$model" render --chain --cabinet $in tiny.json $in cabinet.wav >/dev/null
json "$model" compare out.wav cabinet.wav --json
holds "$(number esr) > 0.1"
# A response in the right channel alone is that of a mono file, and it is said.
"$make_wav" noise 48000 0.1 mono.wav
"$make_wav" right 48000 0.1 right.wav
"$model" render --chain --cabinet mono.wav tiny.json $in cabinet.wav >said.txt
! grep -q silent said.txt || fail "a mono response: $(cat said.txt)"
"$model" render --chain --cabinet right.wav tiny.json $in chain.wav >said.txt
grep -q '^right.wav: its left channel is silent: the right one is used$' said.txt || fail "$(cat said.txt)"
cmp cabinet.wav chain.wav || fail 'a response in the right channel is another'
json "$model" render --json --chain --cabinet right.wav tiny.json $in chain.wav
[ "$(number cabinet_channel)" -eq 2 ] || fail "the cabinet's channel: $(cat json.txt)"
"$model" render --chain --set normalise=0 --set dc_block=0 --set oversampling=1 tiny.json $in chain.wav \
    >/dev/null
cmp out.wav chain.wav || fail 'oversampling by 1 changes something'
"$model" render --chain --set normalise=0 --set dc_block=0 --set oversampling=2 tiny.json $in chain.wav \
    >/dev/null
json "$model" compare out.wav chain.wav --json
holds "$(number max_abs) > 0"
refuses 2 "'oversampling' takes 1, 2 or 4, not '3'" \
    "$model" render --chain --set oversampling=3 tiny.json $in bad.wav
refuses 1 'missing.wav' "$model" render --chain --cabinet missing.wav tiny.json $in bad.wav
refuses 2 'needs --chain' "$model" render --cabinet $in tiny.json $in bad.wav
refuses 2 "no control 'gain'" "$model" render --chain --set gain=3 tiny.json $in bad.wav
refuses 2 "'mix' takes a number from 0 to 100 %, not '101'" \
    "$model" render --chain --set mix=101 tiny.json $in bad.wav
refuses 2 "'input' takes a number" "$model" render --chain --set input=nan tiny.json $in bad.wav
refuses 2 "takes SYMBOL=VALUE, not 'mix'" "$model" render --chain --set mix tiny.json $in bad.wav
refuses 2 'needs --chain' "$model" render --set mix=50 tiny.json $in bad.wav
"$model" render --channel 1 tiny.json $in one.wav >/dev/null
cmp out.wav one.wav || fail 'the only channel is not the whole'
refuses 2 'has no channel 2, only 1' "$model" render --channel 2 tiny.json $in bad.wav
refuses 2 "number from 1, not '0'" "$model" render --channel 0 tiny.json $in bad.wav

# Comparing.
json "$model" compare $in $in --json
holds "$(number esr) == 0 && $(number max_abs) == 0 && $(number correlation) == 1"
json "$model" compare out.wav $in --json --skip 1.5
holds "$(number skip) == 72000 && $(number frames) == 657600 && $(number esr) > 0"
"$make_wav" noise 48000 3 three.wav
"$make_wav" noise 48000 2 two.wav
"$make_wav" noise 48000 10 ten.wav
"$make_wav" silence 48000 3 silent.wav
json "$model" compare three.wav two.wav --json
[ "$(number frames)" -eq 96000 ] || fail "common part: $(cat json.txt)"
grep -q 'longer; the common part' json.txt || fail "no word on the length: $(cat json.txt)"
"$model" compare three.wav two.wav | grep -q 'note .* the reference is 48000 samples' ||
    fail 'no word on the length'
json "$model" compare silent.wav three.wav --json
[ "$(number esr)" = null ] || fail "silent reference: $(cat json.txt)"
grep -q 'reference is silent' json.txt || fail "silent reference: $(cat json.txt)"
"$model" compare silent.wav three.wav | grep -q 'reference is silent' || fail 'silent reference'
# A lag is found, either way, and taken out on request.
json "$model" compare $in $in --json
holds "$(number lag) == 0 && $(number esr_aligned) == 0"
"$model" compare $in $in | grep -q '^lag *none' || fail 'no word on the lag'
latency() {
    sed 's/"samplerate"/"gruff": {"latency": '"$1"'}, &/' tiny.json >latency.json
}
for late in 37 -37; do
    latency $late
    "$model" render --latency latency.json $in late.wav >late.txt
    grep -q "by the model's latency, 37 samples" late.txt || fail "latency: $(cat late.txt)"
    json "$model" compare out.wav late.wav --json
    [ "$(number lag)" -eq $late ] || fail "lag $(number lag) instead of $late"
    [ "$(number frames)" -eq 729600 ] || fail "a shifted file is no longer whole: $(cat json.txt)"
    holds "$(number esr) > 0.01 && $(number esr_aligned) == 0 && $(number max_abs) > 0.01"
    json "$model" compare out.wav late.wav --json --align
    holds "$(number esr) == 0 && $(number max_abs) == 0 && $(number frames) == 729600 - 37"
    "$model" compare out.wav late.wav >late.txt
    grep -q '^lag *37 samples (0.77 ms) .*: ESR 0 ' late.txt || fail "lag: $(cat late.txt)"
done
latency 100
"$make_wav" noise 48000 0.001 tiny.wav # 48 samples: less than the delay
json "$model" render --latency latency.json tiny.wav late.wav --json
holds "$(number frames) == 48 && $(number peak) == 0 && $(number delayed) == 100"
json "$model" render --latency latency.json rate.wav late.wav --json # 44.1 kHz
[ "$(number delayed)" -eq 92 ] || fail "100 samples at 48 kHz: $(cat json.txt)"
latency 1e30
refuses 1 'beyond all reason' "$model" render --latency latency.json $in bad.wav
refuses 2 'render does not take' "$model" render --align tiny.json $in bad.wav
json "$model" compare silent.wav three.wav --json
[ "$(number esr_aligned)" = null ] || fail "silent reference: $(cat json.txt)"
refuses 1 'differ by 7.00 s' "$model" compare three.wav ten.wav --json
refuses 1 'rate.wav has 44100 Hz' "$model" compare rate.wav two.wav
refuses 1 'nothing is left' "$model" compare two.wav two.wav --skip 2
refuses 2 'skip takes a number' "$model" compare two.wav two.wav --skip -1
refuses 2 'skip needs a value' "$model" compare two.wav two.wav --skip

# Checking and converting: a file whose gates are swapped is recognised by its own test, and mended.
json "$model" check tiny.json --json
grep -q '^{"passed": true, "seconds": 20' json.txt || fail "check: $(cat json.txt)"
grep -q '"isa": "scalar".*"click": .*"silence": .*"noise": .*"dc": .*"impulse": ' json.txt ||
    fail "check: $(cat json.txt)"
"$model" check tiny.json >out.txt || fail "check: $(cat out.txt)"
grep -q '^verdict *passed' out.txt || fail "no verdict: $(cat out.txt)"
grep -q '"behaviour": {"divergence": {"passed": true, "verdict": "calm to +24 dB, and in all else' json.txt ||
    fail "check: $(cat json.txt)"
grep -q '"on": "guitar", "level": 24.0, "hertz": \[\], "left": -[0-9.]*, "passed": true' json.txt ||
    fail "check: $(cat json.txt)"
grep -q '"aliasing": {"verdict": "[a-z]* at 0 dB (.*"hertz": \[38.0*.*"inharmonic": \[\[' json.txt ||
    fail "check: $(cat json.txt)"
grep -q '"oversampled": \[{"factor": 2, "loud": -[0-9.]*, "soft": -[0-9.]*}, {"factor": 4, ' json.txt ||
    fail "check: $(cat json.txt)"
grep -q '^4x oversampled, mean .* -[0-9]* at 0 dB' out.txt || fail "no word on oversampling: $(cat out.txt)"
grep -q '"levels": {"passed": true, "verdict": "gain .* dB, steady from' json.txt || fail "check: $(cat json.txt)"
grep -q '^levels *gain .*, steady' out.txt || fail "no word on levels: $(cat out.txt)"
grep -q '^aliasing [a-z]* at 0 dB' out.txt || fail "no word on aliasing: $(cat out.txt)"
grep -q '^calm *calm to +24 dB' out.txt || fail "no word on calm: $(cat out.txt)"
grep -q '^scalar *click .* dB' out.txt || fail "no word on the click: $(cat out.txt)"
# Far too loud for noise.
sed 's/\[\[0.5\], \[-0.25\]\]/[[500], [-250]]/' tiny.json >loud.json
status=0
"$model" check loud.json --isa scalar >out.txt 2>err.txt || status=$?
[ $status -eq 1 ] || fail "check of a loud model: exit status $status"
grep -q 'loud.json: does not pass: .*, with scalar' err.txt || fail "loud: $(cat err.txt)"
grep -q '^scalar *noise *FAILED' out.txt || fail "loud: $(cat out.txt)"
grep -q '^verdict *FAILED' out.txt || fail "loud: $(cat out.txt)"
# It never comes to rest: two units drive each other.
cat >restless.json <<'EOF'
{"in_shape": [null, null, 1], "samplerate": "48000", "layers": [
  {"type": "gru", "activation": "", "shape": [null, null, 2], "weights": [
   [[0, 0, 0, 0, 0, 0]],
   [[0, 0, 0, 0, 1.5, -1], [0, 0, 0, 0, 1, 1.5]],
   [[2, 2, 10, 10, 0.01, 0], [0, 0, 0, 0, 0, 0]]]},
  {"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [[[0.5], [0]], [0]]}]}
EOF
status=0
"$model" check restless.json --isa scalar >out.txt 2>err.txt || status=$?
[ $status -eq 1 ] || fail "check of a restless model: exit status $status"
grep -q 'restless.json: does not pass: silence, with scalar' err.txt || fail "restless: $(cat err.txt)"
grep -q '^scalar *silence *FAILED' out.txt || fail "restless: $(cat out.txt)"
grep -q '^scalar *dc *passed' out.txt || fail "restless: $(cat out.txt)"
json "$model" convert tiny.json copy.json --json --author 'A. N. Other' --license CC0
"$model" info copy.json | grep -q '^author *A. N. Other' || fail 'no author'
"$model" render copy.json $in copy.wav >/dev/null
cmp out.wav copy.wav || fail 'a converted model sounds different'
# (The output was worked out apart, in double precision.)
batch='"input_batch": [0.5, -0.5, 0.25, 1, 0, 0], "output_batch": [0.7344611, -0.63270329, '
batch=$batch'0.31856091, 1.3361539, 0.23520427, 0.16741109]'
sed 's/"layers"/'"$batch"', &/' tiny.json >tested.json
"$model" check tested.json | grep -q '^scalar *self-test *passed: 6' || fail "self-test: $("$model" check tested.json 2>&1)"
sed 's/\[\[0.5, -0.5, 1, 0.25,/[[1, 0.25, 0.5, -0.5,/
    s/\[0.1, 0.2, -0.3, 0.4,/[-0.3, 0.4, 0.1, 0.2,/
    s/\[0.3, -0.1, 0.2, 0.1,/[0.2, 0.1, 0.3, -0.1,/
    s/\[\[0, 0.1, 0, 0.1, 0, 0\], \[0, 0, 0.1, 0, 0.1, 0\]\]/[[0, 0.1, 0, 0.1, 0, 0], [0.1, 0, 0, 0, 0.1, 0]]/' \
    tested.json >swapped.json
"$model" render tested.json $in tested.wav | grep -q '^The model.s self-test: passed: 6' ||
    fail 'render: no word on the self-test'
json "$model" bench tested.json --isa scalar --channels 1 --json
grep -q '"test": {"faults": \[\], "frames": 6, "passed": true' json.txt || fail "bench: $(cat json.txt)"
json "$model" render swapped.json $in swapped.wav --json
grep -q '"test": {"faults": \["gates_swapped"\]' json.txt || fail "render: $(cat json.txt)"
status=0
"$model" check swapped.json >out.txt 2>err.txt || status=$?
[ $status -eq 1 ] || fail "check of swapped gates: exit status $status"
grep -q 'self-test *FAILED: .*gates swapped' out.txt || fail "swapped gates: $(cat out.txt)"
"$model" info swapped.json | grep -q 'gates swapped' || fail 'info: swapped gates'
"$model" convert --repair swapped.json mended.json >/dev/null
"$model" render mended.json $in mended.wav >/dev/null
cmp out.wav mended.wav || fail 'a mended model sounds different'
json "$model" convert --json tiny.json copy.json
grep -q '"repaired": false, "aidax": true' json.txt || fail "convert: $(cat json.txt)"
refuses 1 'no self-test that could tell' "$model" convert --repair tiny.json bad.json
sed 's/1.3361539/1.2/' tested.json >wrong.json
refuses 1 'wrong.json: .*cannot be repaired' "$model" convert --repair wrong.json bad.json
refuses 2 'longer than 127' "$model" convert tiny.json bad.json --name "$(printf '%0200d' 1)"
refuses 2 'compare does not take' "$model" compare two.wav two.wav --repair

# Knobs.
sed 's/\[null, null, 1\], "in_skip"/[null, null, 2], "gruff": {"knobs": [{"name": "Drive", "maximum": 10}]}, "in_skip"/
    s/\[\[0.5, -0.5, 1, 0.25, 2, -1\]\]/[[0.5, -0.5, 1, 0.25, 2, -1], [0, 0, 0, 0, 0.1, 0.1]]/' \
    tiny.json >knob.json
"$model" info knob.json | grep -q '^knobs *Drive (0 to 10, 0)' || fail "knobs: $("$model" info knob.json)"
"$model" render knob.json $in knob.wav >/dev/null
cmp out.wav knob.wav || fail 'a knob at 0 changes the sound'
"$model" render knob.json $in knob.wav --knob Drive=5 >/dev/null
json "$model" compare out.wav knob.wav --json
holds "$(number esr) > 1e-4"
"$model" render knob.json $in same.wav --knob 1=5 >/dev/null
cmp knob.wav same.wav || fail 'a knob by number differs from the same by name'
refuses 2 "has no knob 'Tone'" "$model" render knob.json $in bad.wav --knob Tone=5
# Checked there alone: a knob that is set has no ends any more.
refuses 2 'goes from 0 to 10' "$model" check knob.json --knob Drive=50
"$model" check knob.json --isa scalar --knob Drive=5 >set.txt || fail 'check at a setting'
"$model" check knob.json --isa scalar >free.txt || fail 'check at no setting'
sed 's/"maximum": 10/"minimum": 5, "maximum": 5.001, "default": 5/' knob.json >five.json
"$model" check five.json --isa scalar >five.txt || fail 'check of a knob that hardly moves'
cmp -s set.txt free.txt && fail 'a knob that is set is not heard by check'
grep '^levels\|^aliasing\|^calm' set.txt >set-words.txt
grep '^levels\|^aliasing\|^calm' five.txt | cmp - set-words.txt || fail 'check at a setting is not check of it'
refuses 2 "goes from 0 to 10" "$model" render knob.json $in bad.wav --knob Drive=11
refuses 2 "takes NAME=VALUE" "$model" render knob.json $in bad.wav --knob Drive
rows=
for knobs in 1 2 3; do
    rows="$rows, [0, 0, 0, 0, 0.1, 0.1]"
    sed 's/\[null, null, 1\], "in_skip"/[null, null, '$((1 + knobs))'], "in_skip"/
        s/\[\[0.5, -0.5, 1, 0.25, 2, -1\]\]/[[0.5, -0.5, 1, 0.25, 2, -1]'"$rows"']/' tiny.json >knobs.json
    json "$model" convert --json knobs.json copy.json
    fits=$([ $knobs -le 2 ] && echo true || echo false)
    grep -q '"aidax": '"$fits" json.txt || fail "convert with $knobs knobs: $(cat json.txt)"
done

# The latency that training took out comes back, in samples of the file's rate.
sed 's/"in_skip"/"gruff": {"latency": 480}, &/' tiny.json >late.json
"$make_wav" noise 44100 2 slow.wav
json "$model" render late.json slow.wav late.wav --latency --json
[ "$(number delayed)" -eq 441 ] || fail "a latency of 480 samples at 48 kHz: $(cat json.txt)"

# Looking.
json "$model" info tiny.json --json
holds "$(number hidden) == 2 && $(number weights) == 33 && $(number sample_rate) == 48000"
holds "$(number ns_per_sample) > 0 && $(number load_percent) > 0"
grep -q '"name": "Tiny"' json.txt || fail "no name: $(cat json.txt)"
"$model" info tiny.json >out.txt
grep -q '^start *from zero' out.txt || fail "no word on the start: $(cat out.txt)"
grep -q '^ESR *0.25' out.txt || fail "no ESR: $(cat out.txt)"
grep -q '^speed .* ns a sample with .* of one core at 48000 Hz' out.txt || fail "$(cat out.txt)"
grep -q '^calm *not stated' out.txt || fail "a verdict from nowhere: $(cat out.txt)"
sed 's/"in_skip"/"gruff": {"behaviour": {"calm": false, "calm_to": 12, "calm_verdict": "calm to +12 dB; not on noise"}}, &/' \
    tiny.json >told.json
"$model" info told.json | grep -q '^calm *calm to +12 dB; not on noise' || fail 'info: no word on calm'
json "$model" info told.json --json
grep -q '"behaviour": {"calm": false, "calm_to": 12.0, ' json.txt || fail "info: $(cat json.txt)"
"$model" info tested.json | grep -q '^self-test *passed: 6 samples' || fail 'info: no self-test'
echo tiny >tiny.txt
refuses 1 'tiny.txt: .*not JSON' "$model" info tiny.txt

# The command line.
refuses 2 'say what to do' "$model"
refuses 2 "unknown command 'play'" "$model" play tiny.json
refuses 2 "unknown option '--loud'" "$model" info tiny.json --loud
refuses 2 "gruff-model without a command does not take --json" "$model" --json info tiny.json
GRUFF_ISA=mmx refuses 2 "GRUFF_ISA is 'mmx' in the environment" "$model" info tiny.json
refuses 2 "info does not take" "$model" info tiny.json --skip 1
refuses 2 "'b' is one file too many" "$model" info a b
"$model" --help | grep -q 'compare REFERENCE.wav' || fail 'no help'
"$model" info --help | grep -q 'compare REFERENCE.wav' || fail 'no help'
"$model" --version | grep -q '^gruff-model [0-9]' || fail 'no version'
if [ -c /dev/full ] && "$model" info tiny.json >/dev/full 2>err.txt; then
    fail 'a full disk went unnoticed'
fi
echo 'all is well'

#!/bin/sh
# SPDX-License-Identifier: ISC
# gruff-train as a user meets it: a run on the demo's own pair, Ctrl-C, bad input.
# Arguments: gruff-train gruff-model gruff-demo-pair make_wav
set -eu

here=$(dirname "$0")
# shellcheck source=tests/rig/programs.sh
. "$here/../rig/programs.sh"

train=$(absolute "$1")
model=$(absolute "$2")
pair=$(absolute "$3")
make_wav=$(absolute "$4")
begin

"$pair" pair --seconds 40 >/dev/null
dry=pair/input.wav wet=pair/target.wav

# A run: the model renders the test part better than nothing, the report is there.
"$train" "$dry" "$wet" -o amp.json --hidden 8 --epochs 12 --threads 2 >log.txt
grep -q '^epoch .* loss .* ESR .* left$' log.txt || fail "no progress: $(cat log.txt)"
[ -s amp.report/index.html ] || fail "no report"
"$model" render amp.json pair/test-input.wav out.wav >/dev/null
json "$model" compare pair/test-target.wav out.wav --json
echo "ok: trained: $(tail -n 4 log.txt | tr '\n' ' ')"
holds "$(number esr) > 0 && $(number esr) < 0.2"

# It starts settled: silence gives silence from the first sample on.
"$model" info amp.json | grep -q '^start *settled: 24000 samples' || fail "no settled start"
"$make_wav" silence 48000 1 rest.wav
json "$model" render amp.json rest.wav out.wav --json
holds "$(number peak) < 0.02"
json "$model" info amp.json --json
[ "$(number settling)" -eq 24000 ] || fail "settling: $(cat json.txt)"

# The pair's folder holds a test pair, too: the written file is scored on it, as compare does. What
# is said of the run for scripts.
mkdir set
cp pair/*.wav set
json "$train" set -o set.json --name amp --hidden 8 --epochs 12 --threads 2 --json
cmp amp.json set.json || fail 'a test pair changes the model'
grep -q '"test_esr": .*"tests": \[{"name": "test-target.wav", "esr": .*"use": "test"' json.txt ||
    fail "no tests: $(cat json.txt)"
grep -q '"checks": \[{"id": "rates", "verdict": "ok", "value": 48000.*"unit": "Hz"' json.txt ||
    fail "no checks: $(cat json.txt)"
holds "$(number peak_memory) > 1e7 && $(number peak_memory) < 1e9 && $(number hidden) == 8"
grep -q '"self_test": {"passed": true, "isa": "[a-z0-9]*"' json.txt || fail "no word on rounding"
holds "$(number max_abs) < 1e-4"
test_esr=$(number test_esr)
"$model" render set.json pair/test-input.wav out.wav >/dev/null
json "$model" compare pair/test-target.wav out.wav --json
holds "$(number esr) / $test_esr > 0.9999 && $(number esr) / $test_esr < 1.0001"
grep -q 'test-target.wav, which the training never saw' set.report/index.html ||
    fail 'no test in the report'
"$train" "$dry" "$wet" -o tested.json --hidden 2 --epochs 1 --no-trials --test-input pair/test-input.wav \
    --test-target pair/test-target.wav >log.txt
grep -q '^test ESR .* dB)  test-target.wav$' log.txt || fail "no test: $(cat log.txt)"
grep -q ' MiB of memory' log.txt || fail "no memory: $(cat log.txt)"

# Checking alone.
json "$train" --check --json "$dry" "$wet"
grep -q '^{"verdict": "warn", "message": null, "rate": 48000,' json.txt || fail "$(cat json.txt)"
for id in rates lengths stereo short silent identical clipping level dc delay confidence drift \
    polarity learnable swapped noise gate resampled; do
    grep -q '{"id": "'$id'", "verdict": "' json.txt || fail "no check '$id': $(cat json.txt)"
done
[ "$(number latency)" -eq 0 ] || fail "latency: $(cat json.txt)"
for id in low high loud soft struck ringing rests; do
    grep -q '"coverage": {"silent": .*"sustained_map": .*"missing": .*{"id": "'$id'", "verdict": "' json.txt ||
        fail "no word on what is covered: $id: $(cat json.txt)"
done
"$train" --check --no-trials "$dry" "$wet" >log.txt
grep -q '^ok *delay *0 samples' log.txt || fail "no delay: $(cat log.txt)"
grep -q '^warn *low .*hardly any sustained notes below [0-9]* Hz .* untried$' log.txt ||
    fail "no word on low notes: $(cat log.txt)"
status=0
"$train" --check --json "$dry" "$dry" >json.txt 2>err.txt || status=$?
[ $status -eq 1 ] || fail "two times the same file: exit status $status"
one_object 'check --json'
grep -q '^{"verdict": "refuse", "message": ".*identical' json.txt || fail "$(cat json.txt)"
"$make_wav" silence 48000 40 silent.wav
"$train" --check "$dry" silent.wav >log.txt 2>err.txt && fail 'silence went unnoticed'
grep -q '^refuse *silent .*silent.wav: silent (peak' log.txt || fail "$(cat log.txt err.txt)"
unnamed=$(printf '\377.wav') # JSON is UTF-8, file names may be anything
"$train" --check --json "$dry" "$unnamed" >json.txt 2>err.txt && fail 'a missing file went unnoticed'
one_object 'check --json'
grep -q '"message": "?.wav: cannot' json.txt || fail "$(cat json.txt)"
"$train" --check --json "$dry" none.wav >json.txt 2>err.txt && fail 'a missing file went unnoticed'
one_object 'check --json'
grep -q '^{"verdict": "refuse", "message": "none.wav: cannot' json.txt || fail "$(cat json.txt)"

# The same seed and epochs: the same bytes, whatever the threads.
"$train" "$dry" "$wet" -o again.json --name amp --hidden 8 --epochs 12 --threads 1 -q
cmp amp.json again.json || fail "one thread trains another model than two"

# What the file says of itself.
"$train" "$dry" "$wet" -o told.json --name 'Old amp' --author Me --license ISC --gear 'A 1963 combo' \
    --input-level 12 --output-level 6.5 --hidden 2 --time 1 -q
"$model" info told.json --json >info.json
for word in 'Old amp' Me ISC 'A 1963 combo' 12 6.5 loudness; do
    grep -q -- "$word" info.json || fail "'$word' is not in: $(cat info.json)"
done

# On a terminal the progress is one line that is written over; a number of epochs has its checks,
# however slow the machine.
if command -v script >/dev/null && script -qec true screen.txt </dev/null >/dev/null 2>&1; then
    script -qec "'$train' '$dry' '$wet' -o line.json --hidden 2 --epochs 4 --no-trials" screen.txt \
        </dev/null >/dev/null || fail "on a terminal: $(cat -v screen.txt)"
    line=$(printf '\repoch [^\r]* left\033\\[K')
    LC_ALL=C grep -q "$line$line" screen.txt || fail "no progress in place: $(cat -v screen.txt)"
else
    echo 'skipped: progress on a terminal: script(1) is not there'
fi

# Ctrl-C: ends soon and well, with a model.
: >log.txt
"$train" "$dry" "$wet" -o stopped.json --hidden 4 --time 600 >log.txt 2>&1 &
job=$!
until_true grep -q '^epoch' log.txt # there is a model to end with
kill -INT $job
wait $job || fail "Ctrl-C: exit status $?: $(cat log.txt)"
grep -q '^stopped after' log.txt || fail "Ctrl-C: $(cat log.txt)"
"$model" info stopped.json >/dev/null

# Each seed of a race has its own 2000 updates in which to learn something.
: >log.txt # the shell below empties it in its own time
"$train" "$dry" "$wet" -o raced.json --no-trials --hidden 4 --seeds 3 --epochs 900 >log.txt 2>&1 &
job=$!
until_true grep -q '^epoch' log.txt # the first check after the race
kill -INT $job
wait $job || fail "a race: exit status $?: $(cat log.txt)"

# Killed outright and resumed: the same bytes as a run that was left alone.
"$train" "$dry" "$wet" -o killed.json --name amp --hidden 8 --epochs 12 -q &
job=$!
until_true [ -s killed.json.checkpoint ]
kill -KILL $job
wait $job 2>/dev/null || true
"$train" "$dry" "$wet" -o killed.json --name amp --hidden 8 --epochs 12 -q --resume
cmp amp.json killed.json || fail "a resumed run trains another model"
[ ! -e killed.json.checkpoint ] || fail "the checkpoint is still there"

# Bad input.
printf 'no audio at all' >text.wav
"$make_wav" noise 44100 40 rate.wav
"$make_wav" nan 48000 40 nan.wav
"$make_wav" noise 48000 5 short.wav
refuses 1 'missing.wav' "$train" missing.wav "$wet" -o bad.json
refuses 1 'text.wav' "$train" "$dry" text.wav -o bad.json
refuses 1 'pair' "$train" pair "$wet" -o bad.json
refuses 1 '44100' "$train" "$dry" rate.wav -o bad.json
refuses 1 'nan.wav' "$train" "$dry" nan.wav -o bad.json
refuses 1 'silent' "$train" "$dry" silent.wav -o bad.json
refuses 1 'short' "$train" short.wav short.wav -o bad.json
refuses 1 'identical' "$train" "$dry" "$dry" -o bad.json
head -c 5000000 "$wet" >cut.wav
refuses 1 'cut.wav: is cut short' "$train" "$dry" cut.wav -o bad.json
"$make_wav" noise 48000 40 other.wav
echo old >old.json
refuses 3 'nothing is learnt: after 2000 updates .*delay is hard to tell' \
    "$train" "$dry" other.wav -o old.json --no-trials --hidden 4 --time 600 -q
refuses 3 'no usable model: its error is .* of that of silence.*delay is hard to tell' \
    "$train" "$dry" other.wav -o old.json --no-trials --hidden 4 --epochs 1 --force -q
[ "$(cat old.json)" = old ] || fail 'a model that is worse than none is written'
cp "$wet" kept.wav
printf 'input,target\n%s,kept.wav\n' "$dry" >kept.csv
refuses 1 'kept.wav: would replace kept.wav, which is read' "$train" "$dry" kept.wav -o kept.wav
refuses 1 'would replace kept.wav' "$train" kept.csv -o kept.wav
refuses 1 'would replace kept.csv' "$train" kept.csv -o kept.csv
refuses 1 'would replace kept.wav' "$train" "$dry" "$wet" -o kept.wav --test-input "$dry" --test-target kept.wav
cmp "$wet" kept.wav || fail 'a recording is replaced'
refuses 1 ': cannot be written: it has no name' "$train" "$dry" "$wet" -o ''
if [ -c /dev/full ]; then
    if "$train" --check --json --no-trials "$dry" "$wet" >/dev/full 2>err.txt; then
        fail 'a full disk went unnoticed'
    fi
    grep -q 'cannot write to standard output' err.txt || fail "$(cat err.txt)"
fi
refuses 1 'nowhere/bad.json' "$train" "$dry" "$wet" -o nowhere/bad.json
refuses 2 '-o MODEL.json' "$train" "$dry" "$wet"
refuses 1 'two files' "$train" "$dry" -o bad.json
refuses 2 "--hidden takes a whole number from 1 to 128, not '0'" "$train" "$dry" "$wet" -o bad.json --hidden 0
refuses 2 "--hidden takes .* not 'many'" "$train" "$dry" "$wet" -o bad.json --hidden many
refuses 2 '--gear: 150 bytes' "$train" "$dry" "$wet" -o bad.json --gear "$(printf '%0150d' 0)"
refuses 2 "--input-level takes a number from -60 to 60, not 'loud'" "$train" "$dry" "$wet" -o bad.json --input-level loud
refuses 2 "--time takes a time, as in .* not '-3'" "$train" "$dry" "$wet" -o bad.json --time -3
refuses 1 'bad.json.checkpoint' "$train" "$dry" "$wet" -q -o bad.json --resume
refuses 2 "--loss 'loud=1': terms are" "$train" "$dry" "$wet" -o bad.json --loss loud=1
refuses 2 "--cell takes gru, gru-before or lstm, not 'rnn'" "$train" "$dry" "$wet" -o bad.json --cell rnn
refuses 2 "--preset takes quick, standard or best, not 'slow'" "$train" "$dry" "$wet" -o bad.json --preset slow
refuses 2 'go together' "$train" "$dry" "$wet" -o bad.json --test-input "$dry"
refuses 2 "unknown option '--no-such-option'" "$train" "$dry" "$wet" -o bad.json --no-such-option
echo "all well"

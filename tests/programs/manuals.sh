#!/bin/sh
# SPDX-License-Identifier: ISC
# manuals.sh FOLDER PROGRAM...: what FOLDER holds for the programs beside their --help. Each manual page
# and the completion of each shell know exactly the options that --help does; groff and mandoc find no
# fault in the pages; bash and zsh complete what they are to complete.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$(CDPATH='' cd -- "$1" && pwd)
shift
failures=0
complain() {
    echo "$*"
    failures=$((failures + 1))
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The options that standard input names, a line each.
options() {
    grep -oE -- '(^|[^A-Za-z0-9_-])--?[A-Za-z][-A-Za-z0-9_]*' | sed 's/^[^-]*//' | LC_ALL=C sort -u
}

# same WHERE: the options on standard input are those of $work/told.
same() {
    options >"$work/found"
    diff "$work/told" "$work/found" >"$work/difference" || {
        complain "$name --help (<) and its $1 (>) differ:"
        cat "$work/difference"
    }
}

# ---- The same options everywhere ----

check_options() {
    "$1" --help | options >"$work/told"
    [ "$(wc -l <"$work/told")" -gt 10 ] || complain "$name --help names hardly any option"
    sed -e 's/\\-/-/g' -e 's/\\f[A-Z]/ /g' "$folder/$name.1" | same 'manual page'
    # The lists of options, but not the values that fit.
    sed -n "/_options() {/,/^}/s/.*echo '\(.*\)'.*/\1/p" "$folder/$name" | same 'completion in bash'
    # Those that have a value: all, and each once.
    values=$(sed -n '/_value() {/,/^}/s/^    \(-.*\)) echo .*/\1/p' "$folder/$name" | tr '|' '\n' |
        tr -d ' ' | LC_ALL=C sort)
    with_value=$("$1" --help | sed -nE 's/^ +((-[A-Za-z], )?(--[a-z0-9_-]+, )*--[a-z0-9_-]+) [^ ].*/\1/p' |
        tr ',' '\n' | tr -d ' ' | LC_ALL=C sort -u)
    [ "$values" = "$with_value" ] || complain "$name: bash knows values of $values; not of $with_value"
    # The calls of _arguments, but neither the help between brackets nor other programs' options.
    sed -e 's/\[[^]]*\]//g' -e "s/:[^']*'/'/" -e '/_arguments/d; /^local/d' "$folder/_$name" |
        same 'completion in zsh'
}

check_page() {
    if command -v groff >/dev/null; then
        groff -man -ww -z -Tutf8 "$1" >"$work/faults" 2>&1
        [ ! -s "$work/faults" ] || complain "groff: $(cat "$work/faults")"
    fi
    if command -v mandoc >/dev/null; then
        mandoc -Tlint -W warning "$1" | grep -v 'missing date' >"$work/faults" || true
        [ ! -s "$work/faults" ] || complain "mandoc: $(cat "$work/faults")"
    fi
    ! grep '@[A-Z]*@' "$1" || complain "$1: a place of the template is left"
}

check_shells() {
    if command -v shellcheck >/dev/null; then
        shellcheck -s bash "$folder/$1" || complain "shellcheck: $1"
    fi
    if command -v zsh >/dev/null; then
        zsh -n "$folder/_$1" || complain "zsh cannot read _$1"
    fi
}

known=' '
for program; do
    name=${program##*/}
    known="$known$name "
    check_options "$program"
    check_page "$folder/$name.1"
    check_shells "$name"
done

# ---- Completion ----

mkdir "$work/files" "$work/files/sub"
cd "$work/files"
touch model.json guitar.wav 'LOUD TAKE.FLAC' notes.txt

# bash_offers "ANSWERS" PROGRAM WORD...
bash_offers() {
    expected=$1
    shift
    case $known in
    *" $1 "*) ;;
    *) return 0 ;; # it was not built
    esac
    offered=$(bash "$here/complete.bash" "$folder" "$@")
    [ "${offered% }" = "$expected" ] || complain "bash offers after $*: $offered"
}

if command -v bash >/dev/null; then
    bash_offers 'render' gruff-model re
    bash_offers 'bench check compare convert info render' gruff-model ''
    bash_offers '--align' gruff-model compare --al
    bash_offers '' gruff-model info --al
    bash_offers '--help --version -V -h' gruff-model -
    bash_offers 'avx2 avx512' gruff-model bench --isa av
    bash_offers 'avx2 avx512' gruff-model bench --isa = av
    bash_offers 'avx2 avx512 neon scalar sse2' gruff-model bench --isa =
    bash_offers 'middle= mix=' gruff-model render --set mi
    bash_offers 'model.json sub' gruff-model info ''
    bash_offers 'LOUD TAKE.FLAC guitar.wav sub' gruff-model compare ''
    bash_offers 'gru gru-before lstm' gruff-train --cell ''
    bash_offers 'best quick standard' gruff-train -p ''
    bash_offers 'model.json' gruff-train -o m
    bash_offers 'model.json' gruff-train --output = m
    bash_offers 'guitar.wav' gruff-train g
    bash_offers '' gruff-train --latency ''
    bash_offers '--head-dropout --help --hidden' gruff-train --h
    bash_offers '' gruff-train -- --h
    bash_offers 'jack portaudio' gruff --backend ''
    bash_offers 'knob1 knob2 knob3 knob4 knob5 knob6 knob7 knob8' gruff --learn kn
    bash_offers '--cab --cabinet --cabinet_on --calibrate' gruff --ca
    bash_offers 'guitar.wav' gruff --input g
    bash_offers '' gruff --midi-map ''
    bash_offers '--manifest' gruff-capture --m
    bash_offers 'sub' gruff-capture --manifest s
else
    echo 'without bash: its completion is not tried'
fi

# zsh_makes AFTER BEFORE: what zsh makes of the one line, with Tab, is the other.
zsh_makes() {
    case $known in
    *" ${2%% *} "*) printf '%s\n' "$1" >>"$work/expected" && printf '%s\n' "$2" >>"$work/lines" ;;
    esac
}

if command -v zsh >/dev/null; then
    zsh_makes 'gruff-model render ' 'gruff-model re'
    zsh_makes 'gruff-model compare --align ' 'gruff-model compare --al'
    zsh_makes 'gruff-model info --al' 'gruff-model info --al'
    zsh_makes 'gruff-model bench --isa scalar ' 'gruff-model bench --isa sc'
    zsh_makes 'gruff-model bench --isa=neon ' 'gruff-model bench --isa=n'
    zsh_makes 'gruff-model render --set bass=' 'gruff-model render --set ba'
    zsh_makes 'gruff-model info model.json ' 'gruff-model info mod'
    zsh_makes 'gruff-model compare LOUD\ TAKE.FLAC ' 'gruff-model compare LO'
    zsh_makes 'gruff-train --cell lstm ' 'gruff-train --cell l'
    zsh_makes 'gruff-train -p quick ' 'gruff-train -p q'
    zsh_makes 'gruff-train -omodel.json ' 'gruff-train -om'
    zsh_makes 'gruff-train --optimiser=' 'gruff-train --opt'
    zsh_makes 'gruff --backend portaudio ' 'gruff --backend p'
    zsh_makes 'gruff --learn treble ' 'gruff --learn tr'
    zsh_makes 'gruff --stereo ' 'gruff --st'
    zsh_makes 'gruff-capture --dry-run ' 'gruff-capture --dr'
    zsh -f "$here/complete.zsh" "$folder" <"$work/lines" >"$work/made"
    diff "$work/expected" "$work/made" || complain 'zsh does not complete as expected (<)'
else
    echo 'without zsh: its completion is not tried'
fi
[ "$failures" -eq 0 ]

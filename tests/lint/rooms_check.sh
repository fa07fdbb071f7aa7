#!/bin/sh
# SPDX-License-Identifier: ISC
# rooms_check.sh BUILD: a file that includes what its room may not use does not compile. Each case takes
# the command that BUILD compiles a file of the room with, and includes one header more.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
failures=0
cases=0
forbidden=0

fail() {
    echo "$1"
    failures=$((failures + 1))
}

# The first file of a room that is compiled here, as the compiler is told of it; none: nothing.
file_of() {
    sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' compile_commands.json | grep -m 1 -E "/$1/[^/]*\.c$" || true
}

# The command that compiles a file, without what it writes.
command_of() {
    grep -F -B 1 "\"file\": \"$1\"" compile_commands.json | sed -n 's/^ *"command": "\(.*\)",$/\1/p' |
        sed 's/\\\(["\\]\)/\1/g; s/ -M[DQF]\( [^ ]*\.[od]\)\{0,1\}//g; s/ -o [^ ]*//' | head -n 1
}

# compiles ROOM HEADER: whether a file of the room may include it.
compiles() {
    command=$(command_of "$(file_of "$1")")
    [ -n "$command" ] || fail "no command for a file of $1"
    eval "$command -fsyntax-only -include '$2'" >"$scratch/log" 2>&1
}

# may ROOM HEADER, may_not ROOM HEADER. A room that is not built here is passed over.
may() {
    [ -n "$(file_of "$1")" ] || return 0
    cases=$((cases + 1))
    compiles "$1" "$2" || fail "$1 may include $2, but it does not compile: $(head -n 3 "$scratch/log")"
}
may_not() {
    [ -n "$(file_of "$1")" ] || return 0
    cases=$((cases + 1))
    forbidden=$((forbidden + 1))
    if compiles "$1" "$2"; then
        fail "$1 may not include $2, but it compiles"
    elif ! grep -q "$2.*\(No such file\|not found\)" "$scratch/log"; then
        fail "$1 with $2 fails, but not since it is hidden: $(head -n 3 "$scratch/log")"
    fi
}

may_not dsp/base dsp/network/engine.h
may dsp/network dsp/base/status.h
may_not dsp/network dsp/files/atomic_file.h
may_not dsp/network dsp/chain/processor.h
may_not dsp/network training/network/network.h
may dsp/files dsp/network/model.h
may_not dsp/files dsp/chain/processor.h
may_not dsp/signals dsp/network/engine.h
may_not dsp/measures dsp/chain/processor.h
may dsp/chain dsp/network/engine.h
may_not dsp/chain dsp/files/atomic_file.h
may_not dsp/chain plugin/session/loader.h
may training/data dsp/files/audio/audio_file.h
may_not training/data training/learning/trainer.h
may_not training/network training/data/dataset.h
may training/learning training/data/dataset.h
may_not training/learning training/report/report.h
may_not training/report training/gallery/entry.h
may_not training/report plugin/session/loader.h
may training training/report/report_file.h
may_not training plugin/session/loader.h
may_not plugin/session plugin/lv2/amp.h
may plugin/lv2 plugin/session/loader.h
may_not plugin/lv2 plugin/standalone/player.h
may_not plugin/lv2 plugin/backend/backend.h
may_not plugin/backend plugin/session/loader.h
may plugin/standalone plugin/backend/backend.h
may_not plugin/standalone plugin/lv2/amp.h
may_not plugin/standalone training/network/network.h
may_not plugin/capture plugin/standalone/player.h
may_not plugin/tool training/learning/trainer.h
may_not plugin/tool tests/rig/scratch.h
[ "$forbidden" -ge 6 ] || fail "only $forbidden forbidden ways were tried"

# Every file of a room is compiled with a view, and then with no other folder of ours (a target's own
# in the build, .p, is empty). Tests and the maker of the TTL compile some once more, with all.
cases=$((cases + 1))
astray=$(awk '/^ *"command": / { command = $0 }
    /^ *"file": / && /\/(dsp|training|plugin|presets\/studio)\/[^"]*"/ && !/\/tests\// {
        file = $0
        gsub(/^ *"file": "|",?$/, "", file)
        seen[file] = seen[file] + (command ~ / -Irooms\//)
        count = command ~ / -Irooms\// ? split(command, words, " ") : 0
        for (i = 1; i <= count; i++) {
            if (words[i] ~ /^-I/ && words[i] !~ /^-I(\/|rooms\/)/ && words[i] !~ /\.p$/) {
                print file ": " words[i]
            }
        }
    }
    END {
        for (file in seen) {
            if (!seen[file]) {
                print file ": compiled without a view"
            }
        }
    }' compile_commands.json)
[ -z "$astray" ] || fail "files of rooms with ways past their view:
$astray"

# The view of a room: in folders with spaces, made twice, and moved.
tree="$scratch/a tree"
mkdir -p "$tree/dsp/base" "$tree/dsp/chain" "$tree/a build/deep"
echo 'int base;' >"$tree/dsp/base/base.h"
echo 'int chain;' >"$tree/dsp/chain/chain.h"
view_shows() { # FOLDER: the base, and not the chain
    cases=$((cases + 1))
    if ! [ -f "$1/a build/deep/rooms/dsp_base/dsp/base/base.h" ] ||
        [ -e "$1/a build/deep/rooms/dsp_base/dsp/chain" ]; then
        fail "$2: the view of dsp/base does not show it alone"
    fi
}
sh "$here/rooms.sh" "$tree" "$tree/a build/deep" dsp/base
view_shows "$tree" 'spaces'
sh "$here/rooms.sh" "$tree" "$tree/a build/deep" dsp/base
view_shows "$tree" 'made twice'
mv "$tree" "$scratch/moved"
view_shows "$scratch/moved" 'moved'
mkdir -p "$scratch/beside"
sh "$here/rooms.sh" "$scratch/moved" "$scratch/beside" dsp/base dsp/chain
sh "$here/rooms.sh" "$scratch/moved" "$scratch/beside" dsp
for shown in dsp_base/dsp/chain/chain.h dsp/dsp/base/base.h; do
    cases=$((cases + 1))
    [ -f "$scratch/beside/rooms/$shown" ] || fail "beside the source there is no $shown"
done

echo "$cases cases, $failures failures"
[ "$failures" -eq 0 ]

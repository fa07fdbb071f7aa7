#!/bin/sh
# SPDX-License-Identifier: ISC
# selftest.sh ROOT BUILD PRINT_CONTROLS: docs.sh finds each fault of a document that is full of them.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$1" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' HUP INT TERM

# A tree like ROOT, with documents of its own.
for entry in "$root"/*; do
    case ${entry##*/} in
    build* | doc | README.md) ;;
    *) ln -s "$entry" "$tree/${entry##*/}" ;;
    esac
done
cp -r "$root/doc" "$tree/doc"
seq 141 >"$tree/README.md"

# What stands in the tables against the code: a default, a check, a key.
# shellcheck disable=SC2016 # backticks are meant
{
    sed -i 's/^\(| Mix | `mix` | 0 to 100 %\) | 100 /\1 | 50 /' "$tree/doc/manual.md"
    sed -i '/^| `clipping` /d' "$tree/doc/training.md"
    sed -i 's/`settling`/`settled`/' "$tree/doc/formats.md"
    sed -i 's/"settling"/"settled"/' "$tree/doc/formats.md"
}

# Each line of this is a fault; a tab begins a line of a block of its own, "!" one that only gruff itself
# can see.
cat >"$tree/faults" <<'END'
There is no `dsp/nowhere.c`.
There is no `nowhere.c`.
There is no `build/plugin/nowhere`.
There is no `build/plugin/tool/gruff-nowhere`.
There is no `build/nowhere`.
There is no `nothing_of_this_name`.
There is no `NoSuchThing`.
There is no `urn:gruff:nowhere`.
There is no [such page](nowhere.md).
There is no [such heading](manual.md#nowhere).
There is no `--nowhere`.
There is no `gruff-train --cabinet in.wav`.
There is no `gruff-model nowhere`.
There is a ` alone.
	build/training/gruff-train dry.wav amp.wav -o nowhere.json --nowhere 3
	build/training/gruff-train nowhere.wav amp.wav -o nowhere.json
	build/training/gruff-train dry.wav amp.wav -o nowhere.json --hidden 1000
	build/plugin/tool/gruff-model nowhere build/demo/model.json
	build/plugin/tool/gruff-model info nowhere.json
	build/plugin/tool/nowhere info build/demo/model.json
	build/plugin/standalone/gruff build/demo/model.json --nowhere
!build/plugin/standalone/gruff build/demo/model.json --bass 13
	build/plugin/standalone/gruff nowhere.json
!build/plugin/standalone/gruff --preset 'Nowhere'
	build/plugin/capture/gruff-capture amp --nowhere
	build/plugin/capture/gruff-capture amp --signal nowhere.wav
	presets/studio/capture.sh nowhere
	presets/studio/capture.sh overdrive --nowhere
	presets/studio/nowhere.sh
	tests/nowhere.sh
	tests/mutate.sh --nowhere
	./setup nowhere
	./setup test --nowhere
	meson nowhere -C build
	meson test -C build --suite nowhere
	meson test -C build --nowhere
	sudo meson setup build -Dnowhere=true
	oscsend localhost 9000 /gruff/nowhere f 6
	nowhere build/demo/model.json
END
gruff=
[ ! -x "$2/plugin/standalone/gruff" ] || gruff=1
awk -v gruff="$gruff" -v bad="$tree/doc/bad.md" -v wanted="$tree/wanted" '
    function put(text) {
        print text >bad
        lines++
    }
    /^!/ && !gruff { next }
    /^[\t!]/ {
        put("```sh")
        at = lines
        put(substr($0, 2))
        put("```")
        print "doc/bad.md:" at ":" $0 >wanted
        next
    }
    {
        put($0)
        print "doc/bad.md:" lines ":" $0 >wanted
    }
    END {
        put("```json")
        print "doc/bad.md:" lines ": an example that is no model" >wanted
        put("{\"layers\": []}")
        put("```")
        put("```python")
        print "doc/bad.md:" lines ": a block of an unknown language" >wanted
        put("```")
        print "doc/manual.md: the table of controls" >wanted
        print "doc/training.md: the table of checks" >wanted
        print "doc/formats.md: the keys" >wanted
        print "README.md: 141 lines" >wanted
    }' "$tree/faults"

status=0
sh "$here/docs.sh" "$tree" "$2" "$3" doc/bad.md >"$tree/log" 2>&1 || status=$?
failures=0
[ "$status" -eq 1 ] || {
    echo "docs.sh ended with $status, not 1"
    failures=1
}
while IFS= read -r fault; do
    place=${fault%%: *}
    case $fault in
    doc/bad.md:*)
        place=${fault#*:}
        place=doc/bad.md:${place%%:*}
        ;;
    esac
    grep -qF -e "$place: " "$tree/log" || {
        echo "not found: $fault"
        failures=$((failures + 1))
    }
done <"$tree/wanted"
if [ "$failures" -gt 0 ]; then
    cat "$tree/log"
    exit 1
fi
echo "$(wc -l <"$tree/wanted") faults found"

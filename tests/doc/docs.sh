#!/bin/sh
# SPDX-License-Identifier: ISC
# docs.sh ROOT BUILD PRINT_CONTROLS [DOCUMENT...]: what README.md, CONTRIBUTING.md and doc/*.md in
# ROOT say (or the documents that are named, from there) is tried: links and paths are there,
# options are known to their programs, commands run (see commands.sh), examples of files are read,
# and tables name what the code names. BUILD is what was built of ROOT.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$1" && pwd)
build=$(CDPATH='' cd -- "$2" && pwd)
print_controls=$(CDPATH='' cd -- "$(dirname -- "$3")" && pwd)/$(basename -- "$3")
shift 3
documents=$*
[ -n "$documents" ] ||
    documents=$(cd "$root" && ls README.md CONTRIBUTING.md doc/*.md presets/studio/README.md)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
: >complaints

# complain WORDS: about $place.
complain() {
    echo "$place: $*" | tee -a "$work/complaints"
}

# ---- The parts of a document ----

# Each fenced block into blocks/N.LANGUAGE, its place in blocks/N.place.
mkdir blocks
split_blocks() {
    awk -v document="$1" -v folder="$work/blocks" -v count="$(find blocks -name '*.place' | wc -l)" '
        /^ *```/ && !open {
            open = 1
            language = $0
            sub(/^ *```/, "", language)
            name = folder "/" sprintf("%03d", ++count)
            print document ":" FNR >(name ".place")
            close(name ".place")
            name = name "." (language == "" ? "none" : language)
            printf "" >name
            next
        }
        /^ *```/ { open = 0; close(name); next }
        open { print >name }
        END { exit open }' "$root/$1" || { place=$1 && complain 'a block has no end'; }
}

# prose DOCUMENT: its lines outside of blocks, numbered "LINE:".
prose() {
    awk '/^ *```/ { open = !open; next } !open { print FNR ":" $0 }' "$root/$1"
}

# spans DOCUMENT: what stands between backticks in prose: "LINE:SPAN", a line each.
spans() {
    prose "$1" | awk '{
        line = $0
        sub(/:.*/, "", line)
        sub(/^[0-9]*:/, "")
        parts = split($0, part, "`")
        if (parts > 0 && parts % 2 == 0)
            print line ":`"
        for (i = 2; i < parts; i += 2)
            print line ":" part[i]
    }'
}

# links DOCUMENT: "LINE:TARGET".
links() {
    prose "$1" | awk '{
        line = $0
        sub(/:.*/, "", line)
        while (match($0, /\]\([^)]*\)/)) {
            print line ":" substr($0, RSTART + 2, RLENGTH - 3)
            $0 = substr($0, RSTART + RLENGTH)
        }
    }'
}

# anchors FILE: what a link can point at in it.
anchors() {
    awk '/^ *```/ { open = !open } !open && /^#+ / {
        sub(/^#+ /, "")
        $0 = tolower($0)
        gsub(/[^a-z0-9 _-]/, "")
        gsub(/ /, "-")
        print
    }' "$1"
}

# ---- Links, paths, names ----

check_link() {
    target=${1%%#*} anchor=''
    case $1 in
    *'#'*) anchor=${1#*#} ;;
    http:* | https:*) return ;;
    esac
    file=$root/$document
    [ -z "$target" ] || file=$root/$(dirname "$document")/$target
    if [ ! -e "$file" ]; then
        complain "a link leads nowhere: $1"
    elif [ -n "$anchor" ] && ! anchors "$file" | grep -qxF -e "$anchor"; then
        complain "there is no heading for the link $1"
    fi
}

# Whether a file, folder or pattern of files is there: in the tree, in the build, or among what the
# commands of the documents wrote.
is_path() {
    case $1 in
    build/log) ! grep -q "\$build/log" "$root/setup" || return 0 ;;
    build/lv2*) [ -d "$build/lv2" ] || return 0 ;;                       # not configured,
    build/plugin/*/gruff*) [ ! -f "$root/${1#build/}.1.in" ] || return 0 ;; # nor may these be
    esac
    case $1 in
    build | build/*) set -- "$build${1#build}" "$work/run/$1" ;;
    *) set -- "$root/$1" "$work/run/$1" ;;
    esac
    for candidate; do
        # shellcheck disable=SC2086 # patterns are meant
        ls -d $candidate >/dev/null 2>&1 && return 0
    done
    return 1
}

check_span() {
    case $1 in
    '`') complain 'a backtick stands alone on its line' ;;
    -*) check_options "$work/all-options" "$1" ;;
    *' '*) check_inline "$1" ;;
    /* | '~'* | '$'* | *FILE* | NAME* | *=*) ;;                # elsewhere, or to be filled in
    urn:*) grep -rq "$1\\b" "$root/ttl" || complain "no such URI: $1" ;;
    */*) is_path "$1" || complain "there is no $1" ;;
    *.c | *.h | *.sh | *.awk | *.md | *.cir | *.build | *.in | *.txt | *.json | *.csv)
        grep -qxF -e "$1" names || is_path "$1" || complain "there is no file called $1"
        ;;
    *[!A-Za-z0-9_\(\)]*) ;;
    *_* | [A-Z][a-z]*) grep -qxF -e "${1%()}" words || complain "nothing is called $1" ;;
    esac
}

# check_inline "PROGRAM ...": a command in the flow of text: the program's options.
check_inline() {
    program=${1%% *}
    case $program in
    gruff-model)
        rest=${1#* }
        case $rest in
        -*) ;;
        *) grep -qE "gruff-model (\{[a-z|]*)?${rest%% *}|^ *${rest%% *}( |$)" options/gruff-model ||
            complain "gruff-model has no command ${rest%% *}" ;;
        esac
        ;;
    esac
    if [ -f "options/$program" ]; then
        check_options "options/$program" "$1"
    fi
}

# check_options HELP WORDS: each option among the words stands in that text.
check_options() {
    help=$1
    # shellcheck disable=SC2086 # words
    set -- $2
    for word; do
        case $word in
        --help) continue ;; # which was asked for
        --*) word=${word%%=*} ;;
        -[a-zA-Z]*) word=$(printf '%.2s' "$word") ;;
        *) continue ;;
        esac
        grep -qE -e "(^|[^A-Za-z0-9_-])$word([^A-Za-z0-9_-]|\$)" "$help" ||
            complain "no such option: $word"
    done
}

# What programs say of themselves, for check_options.
mkdir options
learn_options() {
    for program in "$build"/plugin/*/gruff* "$build"/training/gruff* "$build"/training/gallery/gruff* \
        "$build"/presets/studio/gruff-demo-pair "$root"/setup "$root"/presets/studio/capture.sh; do
        if [ -f "$program" ] && [ -x "$program" ]; then
            case $program in
            *.so* | *.a) ;;
            *) "$program" --help >"options/${program##*/}" 2>/dev/null || true ;;
            esac
        fi
    done
    # The manual pages tell of programs that were not built.
    for page in "$build"/plugin/describe/gruff*.1; do
        name=${page##*/}
        sed -e 's/\\-/-/g' -e 's/\\f[A-Z]/ /g' "$page" >>"options/${name%.1}"
    done
    cat options/* >"$work/all-options"
}

# ---- Tables and examples ----

check_controls() {
    place=doc/manual.md
    "$print_controls" >controls
    sed -n '/^## Controls/,/^## /p' "$root/doc/manual.md" |
        grep -E '^\| [A-Z]' | sed 's/^\(|[^|]*|[^|]*|[^|]*|[^|]*|\).*/\1/' >told
    diff controls told >difference ||
        complain "the table of controls is not the code's (<): $(cat difference)"
}

# Each key that models' files are read or written by.
check_keys() {
    place=doc/formats.md
    cat "$root"/dsp/files/models/*.c | tr '\n' ' ' |
        grep -oE '\b(field_[a-z]+|tree_member|(tree_)?put[a-z_]*)\([a-z_>-]+, *"[a-z_.]+"' |
        sed 's/.*"\(.*\)"/\1/' | sort -u >keys
    [ "$(wc -l <keys)" -gt 30 ] || complain 'the code reads hardly any key'
    while read -r key; do
        grep -qE "[\`\"]${key}[\`\"]" "$root/doc/formats.md" || complain "the key $key is not told"
    done <keys
}

check_checks() {
    place=doc/training.md
    cat "$root"/training/data/*.c | tr '\n' ' ' | grep -oE '(checks_add|tell_lack)\([^"V]*"[a-z]+"' |
        sed 's/.*"\(.*\)"/\1/' | sort -u >checks
    # shellcheck disable=SC2016 # backticks are meant
    sed -n '/^## Checks/,/^## /p' "$root/doc/training.md" | sed -n 's/^| `\([a-z]*\)` |.*/\1/p' |
        sort >told
    diff checks told >difference ||
        complain "the table of checks is not the code's (<): $(cat difference)"
}

# Model files among the examples: they are read, and pass their own tests.
check_json() {
    "$build/plugin/tool/gruff-model" check "$1" >log 2>&1 ||
        complain "the example is not read, or fails: $(tail -n 1 log)"
}

# ---- All of it ----

find -L "$root" -path "$root/build*" -prune -o -path "$root/.git" -prune -o -type f -print |
    sed 's/.*\///' | sort -u >names
find -L "$root/dsp" "$root/training" "$root/plugin" "$root/meson.build" "$root/meson_options.txt" \
    \( -name '*.[ch]' -o -name 'meson*' \) -exec cat {} + | tr -cs 'A-Za-z0-9_' '\n' | sort -u >words
for document in $documents; do
    split_blocks "$document"
done
learn_options
# shellcheck source=tests/doc/commands.sh
. "$here/commands.sh"

commands_prepare
for block in blocks/*; do
    [ -e "$block" ] || continue # a document without blocks
    place=$(cat "${block%.*}.place")
    case $block in
    *.place | *.text) ;;
    *.sh) try_block "$block" ;;
    *.json) check_json "$block" ;;
    *.csv) ;; # used by the commands
    *) complain 'a block must be sh, json, csv or text' ;;
    esac
done

for document in $documents; do
    links "$document" >list
    while IFS=: read -r line link; do
        place=$document:$line
        check_link "$link"
    done <list
    spans "$document" >list
    while IFS=: read -r line span; do
        place=$document:$line
        check_span "$span"
    done <list
done
check_controls
check_keys
check_checks
place=README.md
lines=$(wc -l <"$root/README.md")
[ "$lines" -le 140 ] || complain "$lines lines, of 140"

count=$(wc -l <complaints)
[ "$count" -eq 0 ] || {
    echo "$count complaints"
    exit 1
}
echo "$tried commands tried, $skipped left out"

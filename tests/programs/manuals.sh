#!/bin/sh
# SPDX-License-Identifier: ISC
# manuals.sh ROOT PROGRAM...: each manual page tells exactly the options that its program's --help
# does; groff finds no fault in it; bash completes those options.
set -eu
root=$1
shift
failures=0
complain() {
    echo "$*"
    failures=$((failures + 1))
}

# The options that standard input names, a line each.
options() {
    grep -oE -- '(^|[^A-Za-z0-9_-])--?[A-Za-z][-A-Za-z0-9_]*' | sed 's/^[^-]*//' | LC_ALL=C sort -u
}

# page FILE: its text without what is marked as another program's name.
page() {
    sed -e 's/\\-/-/g' -e 's/\\f[A-Z]/ /g' "$1"
}

for program; do
    name=${program##*/}
    file=$(find "$root/plugin" "$root/training" -name "$name.1")
    [ -f "$file" ] || {
        complain "$name has no manual page"
        continue
    }
    told=$("$program" --help | options)
    written=$(page "$file" | options)
    if [ "$told" != "$written" ]; then
        complain "$name --help (<) and $file (>) differ:"
        printf '%s\n' "$told" >told.$$
        printf '%s\n' "$written" | diff told.$$ - || true
        rm -f told.$$
    fi
    [ "$(printf '%s\n' "$told" | wc -l)" -gt 10 ] || complain "$name --help names hardly any option"
    if command -v groff >/dev/null; then
        faults=$(groff -man -ww -z -Tutf8 "$file" 2>&1)
        [ -z "$faults" ] || complain "$faults"
    fi
    if command -v bash >/dev/null; then
        # shellcheck disable=SC2016 # expanded by the inner shell
        completed=$(bash -c '. "$1/plugin/completion/gruff.bash" && COMP_CWORD=2 && _gruff "$2" --he x &&
            echo "${COMPREPLY[*]}" && _gruff "$2" mix --set && echo "${COMPREPLY[*]}"' \
            bash "$root" "$program")
        case $name:$completed in
        gruff-train:--help* | gruff-capture:--help* | *:--help*mix=*) ;;
        *) complain "bash completes $name with: $completed" ;;
        esac
    fi
done
[ "$failures" -eq 0 ]

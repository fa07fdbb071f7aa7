#!/bin/sh
# SPDX-License-Identifier: ISC
# coverage.sh [BUILD [SUITE...]]: what the tests reach. Builds the tree once more in BUILD
# (build/coverage), runs these suites (unit lv2 programs hosts), and prints the lines and the branches
# that were reached, by room; and by file, with the lines that nothing reached, in BUILD/files.txt.
# Needs gcovr and gcov. Tests that fail are told, and counted all the same.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=${1:-$root/build/coverage}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- unit lv2 programs hosts

for program in gcovr gcov; do
    command -v "$program" >/dev/null || {
        echo "coverage.sh: no $program (Debian: gcovr, gcc)" >&2
        exit 1
    }
done

mkdir -p "$build"
build=$(CDPATH='' cd -- "$build" && pwd)

# quiet COMMAND...: silent unless it fails; then that is the end.
quiet() {
    "$@" >"$build/log" 2>&1 || {
        tail -n 40 "$build/log"
        exit 1
    }
}
if [ ! -f "$build/build.ninja" ]; then
    quiet meson setup "$build" "$root" -Dbuildtype=debug -Doptimization=1 -Db_coverage=true -Dquick=true
    # Headers are found through the rooms' views; here they are known by their own names.
    flags=-fprofile-update=prefer-atomic
    for view in "$build"/rooms/*; do
        flags="$flags -fprofile-prefix-map=rooms/${view##*/}=$root"
    done
    quiet meson configure "$build" "-Dc_args=$flags"
fi
quiet meson compile -C "$build"
# What runs while the tree is built has been counted already.
find "$build" -name '*.gcda' ! -path '*/ttl/*' ! -path '*/describe/*' ! -path '*/gruff-cabinet*' -delete
status=0
# shellcheck disable=SC2046 # a list of words
meson test -C "$build" --no-rebuild --timeout-multiplier 20 $(printf -- '--suite %s ' "$@") || status=$?

cd "$root"
quiet gcovr --root "$root" --object-directory "$build" --exclude tests/ --exclude "$build/" \
    --csv "$build/files.csv" --txt "$build/files.txt" "$build"

# A room is a folder and a folder in it; the files of one alone are a room, too.
awk -F , '
function row(name) {
    printf "%-20s %6d of %6d  %5.1f %%   %6d of %6d  %5.1f %%\n", name, hit[name], lines[name],
        100 * hit[name] / (lines[name] ? lines[name] : 1), taken[name], branches[name],
        100 * taken[name] / (branches[name] ? branches[name] : 1)
}
FNR == 1 {
    for (i = 1; i <= NF; i++)
        at[$i] = i
    next
}
{
    count = split($1, part, "/")
    names[1] = count > 2 ? part[1] "/" part[2] : part[1]
    names[2] = "all"
    for (k = 1; k <= 2; k++) {
        lines[names[k]] += $at["line_total"]
        hit[names[k]] += $at["line_covered"]
        branches[names[k]] += $at["branch_total"]
        taken[names[k]] += $at["branch_covered"]
    }
    if (!($1 in seen) && !(names[1] in order)) {
        order[names[1]] = ++rooms
        room[rooms] = names[1]
    }
}
END {
    printf "%-20s %-26s  %s\n", "room", "lines", "branches"
    for (i = 1; i <= rooms; i++)
        row(room[i])
    row("all")
}' "$build/files.csv"
echo "Lines that nothing reached, by file: $build/files.txt"
exit "$status"

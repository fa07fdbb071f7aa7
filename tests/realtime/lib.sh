#!/bin/sh
# SPDX-License-Identifier: ISC
# What the checks of this folder share. They are called with ROOT (the project) and BUILD (a folder
# of their own).
set -eu
root=$1 build=$2
# shellcheck source=tests/rig/builds.sh
. "$root/tests/rig/builds.sh"

compiler=
for name in clang-22 clang-21 clang-20 clang; do
    # Older ones do not know the attribute, and would accept anything.
    if command -v "$name" >/dev/null &&
        echo '__has_attribute(nonblocking)' | "$name" -E -P -x c - 2>/dev/null | grep -qw 1; then
        compiler=$name
        break
    fi
done
if [ -z "$compiler" ]; then
    skip 'no clang 20 or later (Debian 12: clang-22 from the security archive)'
fi
"$compiler" --version | head -n 1

mkdir -p "$build"
: >"$log"

# control NAME OPTION...: compiles a file of this folder.
control() {
    name=$1
    shift
    "$compiler" -std=c17 -I "$root" "$@" "$root/tests/realtime/$name.c"
}

# must_fail TEXT COMMAND...: COMMAND must fail and say TEXT.
must_fail() {
    text=$1
    shift
    if "$@" >"$log" 2>&1; then
        echo "the check sees nothing, this should have failed: $*"
        exit 1
    elif ! grep -q -e "$text" "$log"; then
        cat "$log"
        echo "failed for another reason than \"$text\": $*"
        exit 1
    fi
}

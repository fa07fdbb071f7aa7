#!/bin/sh
# SPDX-License-Identifier: ISC
# rooms.sh SOURCE BUILD ROOM USED...: makes BUILD/rooms/ROOM (with _ for /), a folder whose only way to
# headers leads into this room and the rooms that it may use. A room is compiled with that folder for
# its includes, so that one which it may not use is not found. The ways are relative: source and
# build may be moved together, and never lead to where they were.
set -eu
source=$(CDPATH='' cd -- "$1" && pwd -P)
build=$(CDPATH='' cd -- "$2" && pwd -P)
view=$build/rooms/$(printf '%s' "$3" | tr / _)
shift 2

# way FROM TO: how to go from the folder FROM to TO.
way() {
    from=$1/ to=$2/ ups=
    while case $to in "$from"*) false ;; esac do
        from=${from%/*/}/
        ups=../$ups
    done
    to=$ups${to#"$from"}
    printf '%s\n' "${to%/}"
}

rm -rf "$view"
for room; do
    folder=$(dirname "$view/$room")
    mkdir -p "$folder"
    ln -s "$(way "$folder" "$source/$room")" "$view/$room"
done

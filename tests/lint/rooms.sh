#!/bin/sh
# SPDX-License-Identifier: ISC
# rooms.sh SOURCE BUILD ROOM USED...: makes BUILD/rooms/ROOM (with _ for /), a folder whose only way to
# headers leads into this room and the rooms that it may use. A room is compiled with that folder for
# its includes, so that one which it may not use is not found.
set -eu
source=$1 view=$2/rooms/$(printf '%s' "$3" | tr / _)
shift 2
rm -rf "$view"
for room; do
    mkdir -p "$view/$(dirname "$room")"
    ln -s "$source/$room" "$view/$room"
done

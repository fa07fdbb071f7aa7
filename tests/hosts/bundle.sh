#!/bin/sh
# SPDX-License-Identifier: ISC
# The bundle as hosts judge it: valid TTL, and only lv2_descriptor to be seen in the module.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/hosts/lib.sh
. "$here/lib.sh"
need lv2_validate lv2-dev
need sord_validate sordi
need nm binutils

# valid FILE...: a syntax error does not change the status, so the text counts.
valid() {
    lv2_validate "$@" >said 2>&1 && ! grep -q '^error' said
}
valid lv2/gruff.lv2/manifest.ttl lv2/gruff.lv2/gruff.ttl lv2/gruff.lv2/presets.ttl || {
    cat said
    fail 'the TTL is not valid'
}
sed 's/lv2:index 3/lv2:indx 3/' lv2/gruff.lv2/gruff.ttl >bad.ttl
! valid lv2/gruff.lv2/manifest.ttl bad.ttl || fail 'lv2_validate accepts anything'

symbols=$(nm -D --defined-only lv2/gruff.lv2/gruff.so | awk '{ print $3 }')
[ "$symbols" = lv2_descriptor ] || fail "the module shows more than lv2_descriptor: $symbols"

#!/bin/sh
# SPDX-License-Identifier: ISC
# install.sh ROOT BUILD GRUFF_MODEL MAKE_WAV MODEL COMPILER...: what is installed is enough for other
# programs: the example of doc/ compiles by pkg-config, shared and static, and plays as gruff-model
# renders; the library shows what its header declares and no more, the plugin its one entry.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=tests/rig/programs.sh
. "$here/../../rig/programs.sh"
root=$(absolute "$1") build=$(absolute "$2") tool=$(absolute "$3") make_wav=$(absolute "$4")
model=$(absolute "$5")
shift 5
for program in pkg-config nm; do
    command -v "$program" >/dev/null || {
        echo "skipped: no $program"
        exit 77
    }
done
begin

meson install -C "$build" --no-rebuild --destdir "$folder/root" --tags devel,runtime,man,'doc' \
    >install.log 2>&1 || fail "meson install: $(cat install.log)"
pc=$(find root -name gruff.pc)
[ -n "$pc" ] || fail 'no gruff.pc'
prefix=$folder/root$(sed -n 's/^prefix=//p' "$pc")
libdir=$folder/$(dirname "$pc")/..
PKG_CONFIG_PATH=$folder/$(dirname "$pc")
export PKG_CONFIG_PATH
# flags OPTION...: what pkg-config says of gruff.
flags() {
    pkg-config --define-variable=prefix="$prefix" "$@" gruff
}
[ "$(flags --modversion)" = "$("$tool" --version | sed 's/.* //')" ] || fail 'another version'
page=$(find root -name gruff.3)
[ -n "$page" ] || fail 'no manual page'
example=$(sed -n 's,^\.Pa \(.*/example\.c\) \.$,\1,p' "$page")
[ -f "root${example:-/none}" ] || fail "the page names no example that is installed: $example"

# The header and the libraries agree. (A sanitizer's own names are not ours.)
tr '\n' ' ' <"$prefix/include/gruff.h" | sed 's/\/\*[^*]*\*\+\([^/*][^*]*\*\+\)*\///g' |
    grep -oE 'gruff_[a-z_]+ *\(' | tr -d ' (' | sort -u >declared
[ "$(wc -l <declared)" -ge 10 ] || fail "few functions in gruff.h: $(cat declared)"
shown() {
    nm "$@" | sed -n 's/^[0-9a-f]* [A-Z] //p' | grep -v '^__\(asan\|odr_asan\|gcov\)' | sort -u
}
shown -D --defined-only "$libdir/libgruff.so" >shared
diff declared shared || fail 'libgruff.so shows other names than gruff.h declares'
if [ -f "$libdir/libgruff.a" ]; then
    shown --defined-only "$libdir/libgruff.a" >static
    diff declared static || fail 'libgruff.a shows other names than gruff.h declares'
fi
plugin=$(find root -path '*gruff.lv2/gruff.so')
if [ -n "$plugin" ]; then
    [ "$(shown -D --defined-only "$plugin")" = lv2_descriptor ] || fail "$plugin shows more than lv2_descriptor"
    ! nm -D --undefined-only "$plugin" | grep gruff_ || fail "$plugin needs libgruff"
fi
! grep -nE '#include <(jansson|sndfile)|json_t|SNDFILE' "$prefix/include/gruff.h" ||
    fail 'the header shows a library that is private'

# It is a header for C from C99 on, and for C++.
echo '#include <gruff.h>' >includes.c
"$@" -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$prefix/include" includes.c
if command -v c++ >/dev/null; then
    c++ -x c++ -Wall -Wextra -Werror -fsyntax-only -I"$prefix/include" includes.c
fi

# plays HOW: what ./example makes of the guitar is what gruff-model renders.
"$make_wav" noise 48000 0.5 in.wav
"$tool" render "$model" in.wav expected.wav >/dev/null
data() { # the samples of a WAV file of 32-bit floats
    frames=$("$tool" compare --json "$1" "$1" | sed 's/.*"frames": \([0-9]*\).*/\1/')
    tail -c "$((4 * frames))" "$1"
}
data in.wav >in.f32
data expected.wav >expected.f32
plays() {
    ./example "$model" <in.f32 >out.f32 || fail "$1: the example fails"
    cmp out.f32 expected.f32 || fail "$1: the example plays something else than gruff-model"
    [ -s out.f32 ] || fail "$1: nothing is played"
    ! ./example "$model" Nothing=1 <in.f32 >/dev/null 2>why || fail "$1: a knob that there is not"
    grep -q 'no such knob: Nothing=1' why || fail "$1: $(cat why)"
    ! ./example nowhere.json <in.f32 >/dev/null 2>why || fail "$1: a model that there is not"
    grep -q 'nowhere.json' why || fail "$1: $(cat why)"
    echo "ok: $1"
}
sanitized=
if nm -D "$libdir/libgruff.so" | grep -q '__asan_init'; then
    sanitized=-fsanitize=address,undefined
fi
# shellcheck disable=SC2046 # words
"$@" $sanitized -Wall -Wextra -Werror "$root/doc/example.c" $(flags --cflags --libs) -o example
LD_LIBRARY_PATH=$libdir plays shared
if [ -f "$libdir/libgruff.a" ]; then
    rm "$libdir"/libgruff.so*
    # shellcheck disable=SC2046
    "$@" $sanitized "$root/doc/example.c" $(flags --static --cflags --libs) -o example
    plays static
fi
lines=$(wc -l <"$root/doc/example.c")
[ "$lines" -lt 60 ] || fail "doc/example.c has $lines lines"

#!/bin/sh
# SPDX-License-Identifier: ISC
# left_out.sh ROOT BUILD: the build where libraries are missing that Gruff can do without: pkg-config is
# made to know nothing of them. It compiles without a warning, and says what it leaves out.
set -eu
root=$1 build=$2
mkdir -p "$build"
build=$(CDPATH='' cd -- "$build" && pwd)
# shellcheck source=tests/rig/builds.sh
. "$root/tests/rig/builds.sh"

real=$(command -v pkg-config) || skip 'no pkg-config'
PKG_CONFIG=$build/pkg-config
export PKG_CONFIG
printf "[binaries]\ncmake = '/nowhere'\n" >"$build/native.ini" # it finds libraries, too
tree=$build/tree
rm -rf "$tree"

fail() {
    cat "$log"
    echo "failed: $*"
    exit 1
}

# without LIBRARY...: configures where these are not. What was compiled before and stays the same is
# not compiled again.
without() {
    echo "without $*"
    cat >"$PKG_CONFIG" <<END
#!/bin/sh
for word; do
    case " $* " in
    *" \$word "*) exit 1 ;;
    esac
done
exec "$real" "\$@"
END
    chmod +x "$PKG_CONFIG"
    rm -rf "$tree/meson-private" "$tree/meson-info" "$tree/build.ninja"
    quiet meson setup "$tree" "$root" -Doptimization=0 --native-file "$build/native.ini"
}

# says PART WORDS: whether the configuration says that of a part.
says() {
    grep -q "^ *$1 *: $2\$" "$log" || fail "the configuration does not say '$1: $2'"
}

# compiles PROGRAM...: all of it, these programs among it, which run.
compiles() {
    quiet meson compile -C "$tree"
    ! grep 'warning:' "$log" || fail 'there are warnings'
    for program in training/gruff-train plugin/tool/gruff-model "$@"; do
        quiet "$tree/$program" --version
    done
}

without cmocka jack portaudio-2.0 lilv-0 ncursesw ncurses lv2 alsa liblo fluidsynth
says 'gruff-train, gruff-model, libgruff' yes
says 'LV2 plugin' 'left out: needs lv2'
says 'gruff, the standalone host' 'left out: needs lv2, lilv, jack or portaudio'
says gruff-capture 'left out: needs jack or portaudio'
says gruff-soundfont-part 'left out: needs fluidsynth'
says tests 'left out: needs cmocka'
compiles

without cmocka jack portaudio-2.0 lilv-0 ncursesw ncurses
says 'LV2 plugin' yes
says 'gruff, the standalone host' 'left out: needs lilv, jack or portaudio'
compiles
[ -f "$tree/plugin/lv2/gruff.so" ] || fail 'there is no plugin'

without cmocka portaudio-2.0 ncursesw ncurses alsa liblo
says 'gruff, the standalone host' yes
says 'on JACK' yes
says 'on PortAudio' 'left out: needs portaudio'
says 'with OSC' 'left out: needs liblo'
says 'with a screen' 'left out: needs ncursesw'
compiles plugin/standalone/gruff plugin/capture/gruff-capture

# The tests without hosts to play in.
without jack portaudio-2.0 lilv-0 ncursesw ncurses lv2 alsa liblo fluidsynth
says tests yes

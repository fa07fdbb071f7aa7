#!/bin/sh
# SPDX-License-Identifier: ISC
# check.sh ROOT BUILD [whole]: builds everything for 64-bit Arm and runs under qemu the tests of the
# rooms that have code for the processor and of what is built on them first; with "whole" the unit
# and LV2 tests of all rooms, but for those that are long there. Then prints how many instructions
# the NEON kernel takes beside the scalar one.
#
# The libraries come as Debian packages, unpacked below BUILD/root; apt works on lists and a status
# of its own there, so that the machine's packages stay as they are and nobody needs to be root.
# They are fetched once: later runs need no network.
set -eu
root=$1 build=$2 extent=${3:-unit}
# shellcheck source=tests/rig/builds.sh
. "$root/tests/rig/builds.sh"
# Debian's names stand in setup, in the lines about libraries.
packages="libc6-dev linux-libc-dev $(awk '/^(build|play|test) +pc:/ { print $3 }' "$root/setup" |
    tr '\n' ' ')"

for tool in aarch64-linux-gnu-gcc qemu-aarch64 pkg-config; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
if [ "$(uname -m)" = aarch64 ]; then
    skip 'this is a 64-bit Arm machine: the other tests have shown it'
fi
case $build in
*' '*) skip "pkg-config takes no path with a space: $build" ;;
esac

fetch() {
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null || skip "no $tool to fetch the arm64 libraries with"
    done
    rm -rf "$build/apt" "$build/root"
    mkdir -p "$build/apt/lists/partial" "$build/apt/cache/archives/partial" "$build/root"
    : >"$build/apt/status"
    cat >"$build/apt/apt.conf" <<EOF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "$build/apt";
Dir::State::Lists "$build/apt/lists";
Dir::State::Status "$build/apt/status";
Dir::Cache "$build/apt/cache";
Dir::Cache::Archives "$build/apt/cache/archives";
Dir::Log "$build/apt";
Debug::NoLocking "true";
EOF
    # Hooks of the machine's own configuration have no business here.
    echo '#clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success;' \
        '#clear DPkg::Post-Invoke; #clear DPkg::Pre-Install-Pkgs;' >>"$build/apt/apt.conf"
    (quiet apt-get -c "$build/apt/apt.conf" update) || skip 'apt-get update failed (no network?)'
    # shellcheck disable=SC2086 # a list of words
    (quiet apt-get -c "$build/apt/apt.conf" -y --download-only install $packages) ||
        skip 'the arm64 packages cannot be fetched'
    for package in "$build"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$build/root"
    done
    rm -rf "$build/apt"
    echo "$packages" >"$build/root/fetched"
}

mkdir -p "$build"
[ "$(cat "$build/root/fetched" 2>/dev/null)" = "$packages" ] || fetch

sed "s|@ROOT@|$build/root|" "$(dirname -- "$0")/aarch64.ini.in" >"$build/aarch64.ini"
if [ ! -f "$build/tree/build.ninja" ]; then
    rm -rf "$build/tree"
    quiet meson setup "$build/tree" "$root" --cross-file "$build/aarch64.ini"
fi
quiet meson compile -C "$build/tree"
case $extent in
whole) suites='unit lv2' ;;
*) suites='dsp-base dsp-network dsp-files dsp-library training-network plugin-lv2' ;;
esac
# shellcheck disable=SC2046,SC2086 # a list of words
meson test -C "$build/tree" $(printf -- '--suite %s ' $suites) --no-suite long --no-rebuild \
    --print-errorlogs --timeout-multiplier 10
grep -q '^Ok: *[1-9]' "$build/tree/meson-logs/testlog.txt" || {
    echo 'no unit test ran'
    exit 1
}
sh "$(dirname -- "$0")/count.sh" "$build/root" "$build/tree/tests/arm64/run_frames"

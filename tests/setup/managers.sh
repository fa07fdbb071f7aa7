#!/bin/sh
# SPDX-License-Identifier: ISC
# managers.sh SETUP: what `setup` would do on other systems. It runs in a world of stand-ins where
# nothing is installed: each system's package manager, sudo and id only note how they were called.
set -eu
setup=$1
world=$(mktemp -d)
trap 'rm -rf "$world"' EXIT
trap 'exit 130' INT TERM
failures=0

# stand_in NAME STATUS: a program that notes its call and ends with STATUS.
stand_in() {
    printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\nexit %s\n' "$1" "$world" "$2" >"$world/bin/$1"
    chmod +x "$world/bin/$1"
}

# system RELEASE USER PROGRAM...: a new world whose os-release says RELEASE, where `id -u` says
# USER, with stand-ins for PROGRAMs beside the plain tools.
system() {
    rm -rf "${world:?}/bin" "$world/tree" "$world/calls"
    mkdir -p "$world/bin" "$world/tree"
    for tool in cat cut date dirname env grep mkdir sed sh sort tail tr; do
        ln -s "$(command -v "$tool")" "$world/bin/$tool"
    done
    cp "$setup" "$world/tree/setup"
    printf '%b\n' "$1" >"$world/release"
    printf '#!/bin/sh\necho %s\n' "$2" >"$world/bin/id"
    printf '#!/bin/sh\necho Linux\n' >"$world/bin/uname"
    chmod +x "$world/bin/id" "$world/bin/uname"
    shift 2
    : >"$world/calls"
    for program in "$@"; do
        stand_in "$program" 0
    done
}

# runs: setup build in that world; what it printed and called goes to $world/heard.
runs() {
    status=0
    PATH=$world/bin SETUP_OS_RELEASE=$world/release sh "$world/tree/setup" build \
        >"$world/heard" 2>&1 </dev/null || status=$?
    cat "$world/calls" >>"$world/heard"
    if [ "$status" -eq 0 ]; then
        echo "setup says that all went well where nothing can be installed:"
        cat "$world/heard"
        failures=$((failures + 1))
    fi
}

# hears TEXT
hears() {
    grep -q -F -e "$1" "$world/heard" || {
        printf 'expected: %s\nheard:\n' "$1"
        cat "$world/heard"
        failures=$((failures + 1))
    }
}

silent() {
    if [ -s "$world/calls" ]; then
        echo 'nothing should have been called:'
        cat "$world/calls"
        failures=$((failures + 1))
    fi
}

system 'ID=debian' 0 apt-get dnf
runs
hears 'apt-get -o DPkg::Lock::Timeout=300 -y --no-install-recommends install'
hears 'libjansson-dev'
hears 'still missing after the installation'

system 'ID=ubuntu\nID_LIKE=debian' 1000 apt-get sudo
runs
hears 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get'

system 'ID=debian' 1000 apt-get
runs
silent
hears 'As root, run:'
hears 'libsndfile1-dev'

system 'ID=debian' 1000 apt-get
stand_in sudo 1
runs
hears 'nothing is installed'

system 'ID="rocky"\nID_LIKE="rhel centos fedora"' 0 dnf
runs
hears 'dnf -y install'
hears 'pkgconfig(jansson)'

system 'ID=arch' 0 pacman
runs
hears 'pacman -S --needed --noconfirm'
hears 'libsndfile'

system 'ID="opensuse-leap"\nID_LIKE="suse opensuse"' 0 zypper
runs
hears 'zypper --non-interactive install'
hears 'pkgconfig(jack)'

system '' 501 brew
printf '#!/bin/sh\necho Darwin\n' >"$world/bin/uname"
runs
hears 'brew install'
hears 'jansson'

system 'ID=plan9' 0
runs
silent
hears 'finds none of them here'

[ "$failures" -eq 0 ]

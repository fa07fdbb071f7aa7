# SPDX-License-Identifier: ISC
# Holds #include lines against the plan of the house. Input: C files by their path from the root.
#   training, plugin and presets include dsp and themselves (and gruff-capture the guitar of presets); dsp includes only dsp; nobody includes
#   tests. Inside dsp the arrows point down: a file includes only what stands on a lower step.
#   In dsp, each outside library is known to one file, and only dsp/files knows POSIX files.
BEGIN {
    steps = "realtime denormals ramp random status measure memory swap gate tone dc_blocker delay_line rate_converter fourier convolver impulse cabinet controls isa model kernels chain engine selftest voice processor"
    count = split(steps, names, " ")
    for (i = 1; i <= count; i++) {
        step[names[i]] = i
    }
    libc = "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp " \
           "signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn " \
           "string strings tgmath threads time uchar wchar wctype"
    count = split(libc, names, " ")
    for (i = 1; i <= count; i++) {
        standard[names[i] ".h"] = 1
    }
    posix = "dirent.h fcntl.h libgen.h pthread.h sys/stat.h sys/types.h sys/wait.h unistd.h"
    count = split(posix, names, " ")
    for (i = 1; i <= count; i++) {
        system_header[names[i]] = 1
    }
    vector = "arm_neon.h cpuid.h immintrin.h x86intrin.h xmmintrin.h emmintrin.h sys/auxv.h"
    count = split(vector, names, " ")
    for (i = 1; i <= count; i++) {
        machine[names[i]] = 1
    }
}

function offence(text) {
    print FILENAME ":" FNR ": " text
    failed = 1
}

# The name of a dsp file's step: its folder, or its own name without the ending. isa.h is only
# names; isa.c, which asks what kernels there are, stands with them.
function place(path, parts, n) {
    n = split(path, parts, "/")
    if (path == "dsp/isa.c") {
        return "kernels"
    }
    if (n > 2) {
        return parts[2]
    }
    sub(/\.[a-z]+$/, "", parts[2])
    return parts[2]
}

function check_dsp_arrow(target, from, to) {
    from = place(FILENAME)
    to = place(target)
    if (from == to) {
        return
    }
    if (from == "files") {
        # Files hold models and audio; they know neither engines nor the chain.
        if (to == "kernels" || to == "engine" || to == "processor") {
            offence("dsp/files includes \"" target "\"")
        }
    } else if (to == "files") {
        offence("only programs and training use dsp/files, not the audio code")
    } else if (!(from in step) || !(to in step)) {
        offence("\"" target "\" or its reader has no step in tests/lint/includes.awk")
    } else if (step[from] <= step[to]) {
        offence("\"" target "\" does not stand below this file")
    }
}

function check_own(target, folder) {
    if (target ~ /^tests\//) {
        if (folder != "tests") {
            offence("nobody includes tests")
        }
        return
    }
    if (target !~ /^(dsp|training|plugin|presets)\//) {
        offence("\"" target "\": write the path from the root of the tree")
        return
    }
    if (FILENAME == "plugin/capture/test_signal.c" && target ~ /^presets\/(guitar|score)\.h$/) {
        return
    }
    if (folder != "tests" && target !~ "^" folder "/" && target !~ /^dsp\//) {
        offence(folder " includes \"" target "\", but only dsp is shared")
    } else if (folder == "dsp") {
        check_dsp_arrow(target)
    }
}

function check_outside(target, library) {
    if (target in standard) {
        return
    }
    if (target in machine) {
        if (FILENAME !~ /^dsp\/(isa\.c|denormals\.[ch]|kernels\/)/) {
            offence("<" target "> belongs to dsp/kernels, dsp/isa.c or dsp/denormals.h")
        }
        return
    }
    if (target in system_header) {
        if (FILENAME !~ /^dsp\/files\//) {
            offence("<" target "> belongs to dsp/files")
        }
        return
    }
    library = target
    sub(/[\/.].*/, "", library)
    if (FILENAME ~ /\.h$/) {
        offence("<" target "> in a header shows an outside library to its readers")
    } else if (library in owner && owner[library] != FILENAME) {
        offence("<" target "> is known to " owner[library] " already")
    }
    owner[library] = FILENAME
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    target = $0
    sub(/^[^"]*"/, "", target)
    sub(/".*/, "", target)
    folder = FILENAME
    sub(/\/.*/, "", folder)
    check_own(target, folder)
}

/^[ \t]*#[ \t]*include[ \t]*</ && FILENAME ~ /^dsp\// {
    target = $0
    sub(/^[^<]*</, "", target)
    sub(/>.*/, "", target)
    check_outside(target)
}

END { exit failed }

# SPDX-License-Identifier: ISC
# Holds #include lines against the plan of the house. Input: C files by their path from the root.
#   Which rooms a room may use stands in meson.build, and the compiler finds no others. Here is what it
#   cannot see: tests and the studio are used by nobody, each outside library and the system are known
#   to few files, the kernels to few rooms, and no two files include each other, however far round.
BEGIN {
    libc = "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp " \
           "signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn " \
           "string strings tgmath threads time uchar wchar wctype"
    count = split(libc, names, " ")
    for (i = 1; i <= count; i++) {
        standard[names[i] ".h"] = 1
    }
    posix = "dirent.h fcntl.h libgen.h sys/stat.h sys/types.h sys/wait.h unistd.h"
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

# A file and its header are one module: their path without the ending. So is a file without a header
# of its own, that defines what another one declares: see join_modules.
function module(path) {
    sub(/\.[a-z]+$/, "", path)
    return path
}

# The folder of a path: its first `depth` names.
function folder(path, depth, parts, n, i, found) {
    n = split(path, parts, "/")
    found = parts[1]
    for (i = 2; i <= depth && i < n; i++) {
        found = found "/" parts[i]
    }
    return found
}

function check_own(target, from, to) {
    from = folder(FILENAME, 1)
    to = folder(target, 1)
    if (to !~ /^(dsp|training|plugin|presets|tests)$/) {
        offence("\"" target "\": write the path from the root of the tree")
        return
    }
    if (from == "tests") {
        return
    }
    if (to == "tests") {
        offence("nobody includes tests")
    } else if (to == "presets" && from != "presets") {
        offence("nobody includes what makes the presets")
    } else if (to != from && to != "dsp") {
        offence(from " includes \"" target "\", but only dsp is shared")
    } else if (target ~ /^dsp\/network\/kernels\// && FILENAME !~ /^dsp\/network\// &&
               FILENAME !~ /^plugin\/tool\/probe/) {
        offence("only dsp/network and its probe know the kernels")
    }
    from = module(FILENAME)
    to = module(target)
    if (!((from, to) in includes)) {
        includes[from, to] = FILENAME ":" FNR
    }
}

function check_outside(target, library) {
    if (target in standard) {
        return
    }
    if (target in machine) {
        if (FILENAME !~ /^dsp\/(base\/denormals\.[ch]|network\/kernels\/)/) {
            offence("<" target "> belongs to the kernels or dsp/base/denormals.h")
        }
        return
    }
    if (target in system_header) {
        if (FILENAME !~ /^dsp\/(files\/|base\/thread_pool\.c)/) {
            offence("<" target "> belongs to dsp/files and dsp/base/thread_pool.c")
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

# The function that the line begins to declare or to define; "" for none. Never a static one.
function function_name(line) {
    if (line !~ /^[A-Za-z_].*[ *][a-z0-9_]+\(/ || line ~ /^(static|typedef|return|else)/) {
        return ""
    }
    sub(/\(.*/, "", line)
    sub(/.*[ *]/, "", line)
    return line
}

# Finds the modules of files without headers of their own: joined[module].
function join_modules(name, places, n, i) {
    for (name in defined) {
        if (!(name in declared)) {
            continue
        }
        n = split(defined[name], places, " ")
        for (i = 1; i <= n; i++) {
            if (!(places[i] in header) && !(places[i] in program)) {
                if (places[i] in joined && joined[places[i]] != declared[name]) {
                    print places[i] ".c: defines what " joined[places[i]] ".h and " \
                          declared[name] ".h declare"
                    failed = 1
                }
                joined[places[i]] = declared[name]
            }
        }
    }
}

# Whether includes lead from module `from` to module `to`.
function leads(from, to, list, n, i) {
    if (from == to) {
        return 1
    }
    if (from in seen) {
        return 0
    }
    seen[from] = 1
    n = split(uses[from], list, " ")
    for (i = 1; i <= n; i++) {
        if (leads(list[i], to)) {
            return 1
        }
    }
    return 0
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    target = $0
    sub(/^[^"]*"/, "", target)
    sub(/".*/, "", target)
    check_own(target)
}

/^[ \t]*#[ \t]*include[ \t]*</ && FILENAME ~ /^dsp\// {
    target = $0
    sub(/^[^<]*</, "", target)
    sub(/>.*/, "", target)
    check_outside(target)
}

FNR == 1 && FILENAME ~ /\.h$/ {
    header[module(FILENAME)] = 1
}

FILENAME ~ /^(dsp|training|plugin)\// && (name = function_name($0)) != "" {
    if (FILENAME ~ /\.h$/) {
        declared[name] = module(FILENAME)
    } else if (name == "main") {
        program[module(FILENAME)] = 1
    } else {
        defined[name] = defined[name] " " module(FILENAME)
    }
}

END {
    join_modules()
    for (pair in includes) {
        split(pair, ends, SUBSEP)
        from = ends[1] in joined ? joined[ends[1]] : ends[1]
        to = ends[2] in joined ? joined[ends[2]] : ends[2]
        if (from != to && !((from, to) in edge)) {
            edge[from, to] = includes[pair]
            uses[from] = uses[from] " " to
        }
    }
    for (pair in edge) {
        split(pair, ends, SUBSEP)
        split("", seen)
        if (leads(ends[2], ends[1])) {
            print edge[pair] ": includes " ends[2] ".h, which leads back to " ends[1]
            failed = 1
        }
    }
    exit failed
}

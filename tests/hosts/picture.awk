# SPDX-License-Identifier: ISC
# A terminal as a picture: turns what "tmux capture-pane -e -p" prints (in UTF-8) into SVG. Run it
# with LC_ALL=C: characters are put together from their bytes here. README's picture of gruff's
# screen, plugin/standalone/screen.svg, is made so.
BEGIN {
    wide = 8; high = 17; size = 13.3; border = 10
    split("#1c1f24 #e06c60 #7fb364 #d9b25f #5f9fd9 #b683c9 #55b5b5 #d8d8d8", colours, " ")
    for (i = 1; i < 256; i++) {
        byte[sprintf("%c", i)] = i
    }
    # Cells that are drawn, by how much of them is full: fonts leave gaps.
    for (i = 1; i <= 8; i++) {
        eighths[sprintf("\342\226%c", 144 - i)] = i
    }
    plain()
}

function plain() {
    colour = 8; ground = 1; bold = faint = swapped = 0
}

# Takes the numbers of one escape sequence.
function dress(numbers, parts, count, i, n) {
    count = split(numbers, parts, ";")
    if (count == 0) {
        plain()
    }
    for (i = 1; i <= count; i++) {
        n = parts[i] + 0
        if (n == 0) { plain() }
        else if (n == 1) { bold = 1 }
        else if (n == 2) { faint = 1 }
        else if (n == 22) { bold = faint = 0 }
        else if (n == 7) { swapped = 1 }
        else if (n == 27) { swapped = 0 }
        else if (n >= 30 && n <= 37) { colour = n - 29 }
        else if (n == 39) { colour = 8 }
        else if (n >= 40 && n <= 47) { ground = n - 39 }
        else if (n == 49) { ground = 1 }
    }
}

function box(column, width, top, height, fill) {
    body = body sprintf("<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"%s\"%s/>\n",
        border + column * wide, border + (NR - 1) * high + top, width, height, fill,
        faint ? " opacity=\".5\"" : "")
}

function ink() { return colours[swapped ? ground : colour] }

# Writes what was gathered.
function flush_text(text) {
    text = gathered
    sub(/ +$/, "", text)
    if (text != "") {
        gsub(/&/, "\\&amp;", text)
        gsub(/</, "\\&lt;", text)
        gsub(/>/, "\\&gt;", text)
        body = body sprintf("<text x=\"%g\" y=\"%g\"%s%s%s>%s</text>\n", border + begun * wide,
            border + (NR - 0.27) * high, ink() == colours[8] ? "" : " fill=\"" ink() "\"",
            bold ? " font-weight=\"bold\"" : "", faint ? " opacity=\".5\"" : "", text)
    }
    gathered = ""
}

# Equal neighbours are one box.
function flush_cells() {
    if (cells) {
        if (kind == "bar") { box(from, cells * wide / 8, 2, high - 4, ink()) }
        else if (kind == "rule") { box(from, cells * wide, high / 2, 1, ink()) }
    }
    cells = 0
    kind = ""
}

function draw(what, amount) {
    flush_text()
    if (kind != what) { flush_cells() }
    if (!cells) { from = column }
    kind = what
    cells += amount
    if (what == "bar" && amount < 8) { flush_cells() }
}

function put(character) {
    if (swapped || ground != 1) {
        box(column, wide, 0, high, colours[swapped ? colour : ground])
    }
    if (character in eighths) { draw("bar", eighths[character]) }
    else if (character == "\342\224\200") { draw("rule", 1) }
    else {
        flush_cells()
        if (character == "\342\226\240") { flush_text(); box(column, wide - 2, 5, 7, ink()) }
        else if (character == "\342\224\202") { flush_text(); box(column + 0.4, 2, 2, high - 4, ink()) }
        else if (character == " " && gathered ~ / $/) { flush_text() }
        else if (character != " " || gathered != "") {
            if (gathered == "") { begun = column }
            gathered = gathered character
        }
    }
    column++
}

{
    column = 0
    for (i = 1; i <= length($0); i++) {
        first = substr($0, i, 1)
        if (first == "\033") {
            flush_text(); flush_cells()
            end = index(substr($0, i), "m")
            dress(substr($0, i + 2, end - 3))
            i += end - 1
            continue
        }
        more = byte[first] >= 240 ? 3 : byte[first] >= 224 ? 2 : byte[first] >= 192 ? 1 : 0
        put(substr($0, i, 1 + more))
        i += more
    }
    flush_text(); flush_cells()
    widest = column > widest ? column : widest
}

END {
    width = 2 * border + widest * wide
    height = 2 * border + NR * high
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" ", width, height, width
    printf "height=\"%g\" font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" ", height
    printf "font-size=\"%g\" fill=\"%s\">\n", size, colours[8]
    printf "<rect width=\"%g\" height=\"%g\" rx=\"6\" fill=\"%s\"/>\n%s</svg>\n", width, height, colours[1], body
}

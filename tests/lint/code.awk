# SPDX-License-Identifier: ISC
# Prints every line of C as FILE:LINE:CODE with comments, strings and character constants emptied,
# so that the house rules look at code only. Preprocessor lines are left out.
FNR == 1 { comment = 0 }
{
    text = $0
    code = ""
    while (text != "") {
        if (comment) {
            end = index(text, "*/")
            if (end == 0) {
                break
            }
            text = substr(text, end + 2)
            comment = 0
        } else if (substr(text, 1, 2) == "//") {
            break
        } else if (substr(text, 1, 2) == "/*") {
            text = substr(text, 3)
            comment = 1
        } else if (match(text, /^"([^"\\]|\\.)*"/) || match(text, /^'([^'\\]|\\.)*'/)) {
            code = code "\"\""
            text = substr(text, RLENGTH + 1)
        } else {
            code = code substr(text, 1, 1)
            text = substr(text, 2)
        }
    }
    if (code !~ /^[ \t]*(#|$)/) {
        print FILENAME ":" FNR ":" code
    }
}

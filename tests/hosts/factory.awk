# SPDX-License-Identifier: ISC
# factory.awk presets.ttl: the presets with a model, a line each, with tabs between: URI, name, model
# and cabinet as files in the bundle, and what they set, as gruff-model render has it.
/^<urn:/ {
    uri = $1
    gsub(/[<>]/, "", uri)
    name = model = cabinet = settings = ""
}
/rdfs:label/ {
    name = $0
    gsub(/^[^"]*"|"[^"]*$/, "", name)
}
/amp#(model|cabinet)>/ {
    file = $2
    gsub(/[<>]/, "", file)
    if (/amp#model>/) {
        model = file
    } else {
        cabinet = file
    }
}
/lv2:symbol/ {
    symbol = value = $0
    sub(/.*lv2:symbol "/, "", symbol)
    sub(/".*/, "", symbol)
    sub(/.*pset:value /, "", value)
    sub(/ .*/, "", value)
    settings = settings " --set " symbol "=" value
}
/\.$/ && model {
    print uri "\t" name "\t" model "\t" cabinet "\t" settings
    model = ""
}

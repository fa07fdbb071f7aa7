-- SPDX-License-Identifier: ISC
-- ardour7-lua ardour_make.lua FOLDER NAME WAV FRAMES: makes a session of 48 kHz (FOLDER ends in
-- NAME) with a mono track "guitar" that holds WAV (FRAMES long) and our plugin, with the preset
-- urn:gruff:test loaded and then the control "output" (the third input, counted from 0) set to
-- 0.5 dB.
local folder, name, wav, frames = arg[1], arg[2], arg[3], tonumber(arg[4])

-- A function, so that nothing of the session is held when it is closed.
local function make(session)
    local track = session:new_audio_track(1, 1, nil, 1, "guitar", ARDOUR.PresentationInfo.max_order,
                                          ARDOUR.TrackMode.Normal, true, false):front()
    assert(not track:isnil(), "no track")
    local processor = ARDOUR.LuaAPI.new_plugin(session, "urn:gruff:amp", ARDOUR.PluginType.LV2, "")
    assert(not processor:isnil(), "Ardour cannot make the plugin")
    assert(track:add_processor_by_index(processor, 0, nil, true) == 0, "the track refuses it")
    local plugin = processor:to_insert():plugin(0)
    local preset = plugin:preset_by_uri("urn:gruff:test")
    assert(preset and preset.valid, "the preset is not there")
    assert(plugin:load_preset(preset), "the preset cannot be loaded")
    assert(plugin:parameter_label(6) == "Output level", "the ports are not where they were")
    assert(ARDOUR.LuaAPI.set_processor_param(processor, 2, 0.5), "the control cannot be set")
    sleep(1)
    session:save_state("")
end

AudioEngine:set_backend("None (Dummy)", "", "")
make(assert(create_session(folder, name, 48000), "no session"))
collectgarbage()
close_session()

-- Headless Ardour cannot import audio, so the closed session is given it: a source, its region, and
-- that region on the track's playlist. Ardour counts time in units of 1 / 282240000 s.
local file = assert(io.open(folder .. "/" .. name .. ".ardour"))
local text = file:read("a")
file:close()
local counter = tonumber(text:match('id%-counter="(%d+)"'))
local length = frames * (282240000 // 48000)
os.execute(string.format('mkdir -p "%s/interchange/%s/audiofiles"', folder, name))
os.execute(string.format('cp "%s" "%s/interchange/%s/audiofiles/guitar.wav"', wav, folder, name))

local function region(id, whole)
    return string.format('<Region name="guitar" muted="0" opaque="1" locked="0" video-locked="0" ' ..
        'automatic="0" whole-file="%d" import="0" external="0" sync-marked="0" ' ..
        'left-of-split="0" right-of-split="0" hidden="0" position-locked="0" ' ..
        'valid-transients="0" start="a0" length="a%d@a0" sync-position="a0" ' ..
        'ancestral-start="a0" ancestral-length="a0@a0" stretch="1" shift="1" ' ..
        'layering-index="0" tags="" contents="0" envelope-active="0" default-fade-in="0" ' ..
        'default-fade-out="0" fade-in-active="0" fade-out-active="0" scale-amplitude="1" ' ..
        'id="%d" type="audio" first-edit="nothing" source-0="%d" master-source-0="%d" ' ..
        'channels="1"/>', whole, length, id, counter + 1, counter + 1)
end

-- Puts `inside` into the first element that `opening` matches, empty or not.
local function insert(opening, inside)
    local from, to = text:find(opening)
    assert(from, "the session has no " .. opening)
    local head = text:sub(from, to)
    if head:sub(-2) == "/>" then
        local element = head:match("^<(%w+)")
        text = text:sub(1, from - 1) .. head:sub(1, -3) .. ">" .. inside .. "</" .. element .. ">" ..
            text:sub(to + 1)
    else
        text = text:sub(1, to) .. inside .. text:sub(to + 1)
    end
end

insert("<Sources[^>]*>", string.format('<Source name="guitar.wav" take-id="" type="audio" ' ..
    'flags="" id="%d" natural-position="a0" channel="0" origin="" gain="1"/>', counter + 1))
insert("<Regions[^>]*>", region(counter + 2, 1))
insert('<Playlist [^>]*name="guitar"[^>]*>', region(counter + 3, 0))
insert("<Locations[^>]*>", string.format('<Location id="%d" name="session" start="a0" end="a%d" ' ..
    'flags="IsSessionRange" locked="0" timestamp="0" cue="0"/>', counter + 4, length))
text = text:gsub('id%-counter="%d+"', string.format('id-counter="%d"', counter + 10), 1)
file = assert(io.open(folder .. "/" .. name .. ".ardour", "w"))
file:write(text)
file:close()
print("MADE")

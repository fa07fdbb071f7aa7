-- SPDX-License-Identifier: ISC
-- ardour7-lua ardour_presets.lua FOLDER NAME LIST: makes a session with our plugin on a track (FOLDER
-- ends in NAME), loads each preset of LIST (factory.awk) by its name, holds the controls against it,
-- and saves the session.
local folder, name, list = arg[1], arg[2], arg[3]

-- Input controls, counted from 0, that no preset sets: enabled, calibrate and interface.
local others = {[0] = true, [5] = true, [6] = true}

local function check(processor, label, settings)
    local index = 0
    for symbol, value in settings:gmatch("%-%-set ([%w_]+)=(%S+)") do
        while others[index] do
            index = index + 1
        end
        local is = ARDOUR.LuaAPI.get_processor_param(processor, index, false)
        assert(math.abs(is - tonumber(value)) < 1e-3,
               label .. ": " .. symbol .. " is " .. is .. ", not " .. value)
        index = index + 1
    end
    assert(index > 20, label .. " sets next to nothing")
end

-- A function, so that nothing of the session is held when it is closed.
local function load_all(session)
    local track = session:new_audio_track(1, 1, nil, 1, "guitar", ARDOUR.PresentationInfo.max_order,
                                          ARDOUR.TrackMode.Normal, true, false):front()
    local processor = ARDOUR.LuaAPI.new_plugin(session, "urn:gruff:amp", ARDOUR.PluginType.LV2, "")
    assert(not processor:isnil(), "Ardour cannot make the plugin")
    assert(track:add_processor_by_index(processor, 0, nil, true) == 0, "the track refuses it")
    local plugin = processor:to_insert():plugin(0)
    local count = 0
    for line in io.lines(list) do
        local label, settings = line:match("^[^\t]*\t([^\t]*)\t[^\t]*\t[^\t]*\t(.*)$")
        local preset = plugin:preset_by_label(label)
        assert(preset and preset.valid, "no preset " .. label)
        assert(plugin:load_preset(preset), label .. " cannot be loaded")
        check(processor, label, settings)
        session:save_state("")
        count = count + 1
    end
    return count
end

AudioEngine:set_backend("None (Dummy)", "", "")
local count = load_all(assert(create_session(folder, name, 48000), "no session"))
collectgarbage()
close_session()
print("LOADED " .. count)

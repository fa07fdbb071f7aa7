-- SPDX-License-Identifier: ISC
-- ardour7-lua ardour_check.lua FOLDER NAME: opens the session of ardour_make.lua, holds the control
-- against what was set, and saves it again.

-- A function, so that nothing of the session is held when it is closed.
local function check(session)
    local track = session:route_by_name("guitar")
    assert(not track:isnil(), "the track is gone")
    local processor = track:nth_plugin(0)
    assert(not processor:isnil(), "the plugin is gone")
    assert(processor:to_insert():plugin(0):unique_id() == "urn:gruff:amp", "it is another plugin")
    local value, automation = ARDOUR.LuaAPI.get_processor_param(processor, 2, false)
    assert(automation[3] and math.abs(value - 0.5) < 1e-6, "output is " .. value .. ", not 0.5")
    sleep(1)
    session:save_state("")
end

AudioEngine:set_backend("None (Dummy)", "", "")
check(assert(load_session(arg[1], arg[2]), "the session cannot be opened"))
collectgarbage()
close_session()
print("CHECKED")

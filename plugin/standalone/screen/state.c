// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/state.h"

Dial screen_dial(const Screen *screen, ControlId id) {
    return (Dial){player_model(screen->player), id, player_get(screen->player, id)};
}

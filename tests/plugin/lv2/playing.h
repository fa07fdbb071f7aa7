// SPDX-License-Identifier: ISC
// Which model a host plays, by its sound.
#ifndef GRUFF_TESTS_PLUGIN_LV2_PLAYING_H
#define GRUFF_TESTS_PLUGIN_LV2_PLAYING_H

#include "tests/plugin/lv2/host.h"

// A cmocka assertion: that the plugin plays the sample model with that seed (files.h), from now on.
void assert_plays(Host *host, unsigned seed);

#endif

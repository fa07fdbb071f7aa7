// SPDX-License-Identifier: ISC
// The files that the plugin's tests need, in a folder of their own: the bundle with a default model
// that is known, models, and files that are no models.
#ifndef GRUFF_TESTS_PLUGIN_LV2_FILES_H
#define GRUFF_TESTS_PLUGIN_LV2_FILES_H

enum { DEFAULT_SEED = 3, OTHER_SEED = 4, SAMPLE_HIDDEN = 12, SAMPLE_RATE = 48000 };

#define FILES_DEFAULT "lv2/gruff.lv2/models/default.json"

// Makes the folder with:
//   lv2/gruff.lv2/    the bundle that the environment's GRUFF_BUNDLE names, with a default model:
//                     sample_model_new(SAMPLE_HIDDEN, DEFAULT_SEED, true)
//   bare/gruff.lv2/   the bundle without a default model
//   other.json        the same with OTHER_SEED
//   slow.json         the same as other.json, made for 44100 Hz
//   doubtful.json     the same as slow.json, with a self-test that it fails
//   cabinet.wav       an impulse response of one sample and its echo
//   truncated.json, nan.json, folder.json/ are no models; missing.json is not there
// Fixtures as cmocka wants them: both return 0 and leave `state` alone, which may be NULL.
int files_make(void **state);
int files_remove(void **state);

// The path of a file in it. Valid until the sixteenth call after.
const char *files_path(const char *name);

// What the model with that seed plays from the start, as the plugin lets it: without denormals.
void files_play_model(unsigned seed, const float *in, float *out, int frames);

#endif

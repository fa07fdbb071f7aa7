// SPDX-License-Identifier: ISC
// ImpulseResponse responses from audio files.
#ifndef GRUFF_DSP_FILES_AUDIO_IMPULSE_RESPONSE_FILE_H
#define GRUFF_DSP_FILES_AUDIO_IMPULSE_RESPONSE_FILE_H

#include "dsp/base/impulse_response.h"
#include "dsp/base/status.h"

// Reads the first two channels of `path` (WAV, FLAC, AIFF ...), at most
// IMPULSE_RESPONSE_MAX_SECONDS; what is longer is faded out there. On success the caller clears
// *impulse. On failure it is all zero and the diagnostic names file and cause; a silent file fails
// with STATUS_BAD_AUDIO.
Status impulse_response_file_read(ImpulseResponse *impulse, const char *path,
                                  Diagnostic *diagnostic);

#endif
